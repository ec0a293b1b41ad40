/** What the tracker keeps in the visitor's browser. */
export interface Stored {
  /** Keys in localStorage or sessionStorage. */
  keys: string[]
  what: string
}

const batchKey = /^\d{13} \S+ 0?\.\d/

/**
 * What the tracker has stored, in words for the visitor; `texts` are the entries of localStorage and sessionStorage.
 * Keys of others are passed over.
 */
export function storedIn(texts: Readonly<Record<string, string>>): Stored[] {
  const keys = Object.keys(texts)
  const batches = keys.filter(key => batchKey.test(key)).sort()
  const stored: Stored[] = []
  if (keys.includes('clicktrail')) {
    const what = texts['clicktrail'] === 'optOut' ? 'Your choice: refused.' : 'Your choice: allowed.'
    stored.push({ keys: ['clicktrail'], what })
  }
  if (keys.includes('clicktrail.id')) stored.push({ keys: ['clicktrail.id'], what: 'Ids of visitor and session.' })
  if (batches.length > 0) {
    const chars = batches.reduce((sum, key) => sum + (texts[key] ?? '').length, 0)
    const what = `Undelivered: ${batches.length === 1 ? 'one batch' : `${batches.length} batches`}, ${chars} characters.`
    stored.push({ keys: batches, what })
  }
  return stored
}
