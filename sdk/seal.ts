import { type Batch, limits, type Page, type PropertyValue } from './event.ts'

/** What the events of one batch share; told apart by identity. */
export interface Envelope {
  tab: string
  user: string | undefined
}

/** How far an event has come. `sent`: no answer yet, or (a beacon) none ever. */
export type EventState = 'queued' | 'sent' | 'acknowledged' | 'dropped'

/** An event as the SDK holds it until it is acknowledged or dropped. */
export interface Entry {
  envelope: Envelope
  n: number
  /** ms since 1970 by the browser's clock. */
  at: number
  action: string
  page: Sparse<Page>
  properties: Record<string, PropertyValue> | undefined
  state: EventState
}

/** Events with the body that carries them, which never changes again. */
export interface SealedBatch {
  entries: Entry[]
  body: string
  /** Of UTF-8. */
  bytes: number
  /** ms since 1970. */
  sealedAt: number
}

/** JSON.stringify leaves out what is undefined. */
export type Sparse<T> = { [K in keyof T]: Sparse<T[K]> | undefined }

/**
 * Writes a body of CONTRACT 1 with as many entries from the front as share an envelope and fit into `maxBytes` (halving
 * until they do) and 100 events. Nothing when not even the first one fits.
 */
export function sealBatch(
  site: string,
  queue: readonly Entry[],
  { now, maxBytes }: { now: number; maxBytes: number },
): SealedBatch | undefined {
  const [first] = queue
  const entries = queue.slice(0, limits.batchEvents)
  const stranger = entries.findIndex(entry => entry.envelope !== first?.envelope)
  if (stranger > 0) entries.length = stranger
  while (first && entries.length) {
    const batch: Sparse<Batch> = {
      site,
      ...first.envelope,
      page: first.page,
      events: entries.map(({ n, at, action, page, properties }) => ({
        n,
        ago: Math.max(0, now - at),
        action,
        page: page === first.page ? undefined : page,
        properties,
      })),
    }
    const body = JSON.stringify(batch)
    const { size } = new Blob([body])
    if (size <= maxBytes) return { entries, body, bytes: size, sealedAt: now }
    entries.length >>= 1
  }
  return undefined
}
