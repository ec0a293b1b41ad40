/** What the tracker holds in the visitor's browser. */
export interface Held {
  kind: 'choice' | 'ids' | 'undelivered'
  /** Keys in localStorage or sessionStorage. */
  keys: string[]
  /** In words for the visitor. */
  what: string
  /** The texts, in the order of the keys. */
  texts: string[]
}

export const choiceKey = 'clicktrail'
const idKey = 'clicktrail.id'
const batchKey = /^\d{13} \S+ \S+$/

/** What the tracker holds; `stored` are the entries of localStorage and sessionStorage. Keys of others are passed over. */
export function heldIn(stored: Readonly<Record<string, string>>): Held[] {
  const held: Held[] = []
  const add = (kind: Held['kind'], keys: string[], what: string) =>
    held.push({ kind, keys, what, texts: keys.map(key => stored[key] ?? '') })
  const choice = stored[choiceKey]
  if (choice !== undefined) add('choice', [choiceKey], `Your choice: ${choice === 'optOut' ? 'refused' : 'allowed'}.`)
  if (stored[idKey] !== undefined) add('ids', [idKey], 'Ids of visitor and visit.')
  const batches = Object.keys(stored).filter(key => batchKey.test(key) && isBatch(stored[key]))
  if (batches.length > 0) {
    const count = batches.length === 1 ? 'one batch' : `${batches.length} batches`
    add('undelivered', batches.sort(), `Not delivered yet: ${count} of events.`)
  }
  return held
}

/** A key may be somebody else's: what is deleted has to be the tracker's. */
function isBatch(text: string | undefined): boolean {
  try {
    const batch: unknown = JSON.parse(text ?? '')
    return typeof batch === 'object' && batch !== null && 'site' in batch && 'events' in batch
  } catch {
    return false
  }
}
