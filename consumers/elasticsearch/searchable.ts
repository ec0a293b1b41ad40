import type { Client } from '@elastic/elasticsearch'
import { wait } from '../backoff.ts'
import { receivedMsOf } from '../receipts.ts'
import type { Bulk, BulkEntry } from './bulk.ts'

/** Told for how many seconds a record was on its way, from the collector until a search found it. */
export type Heard = (seconds: number) => void

const defaults = { restMs: 5_000, askEveryMs: 100, giveUpMs: 600_000, now: Date.now }

/** Each question waits for this share of the time that has passed: the answer is that exact, and a slow refresh costs few. */
const patience = 0.1

/**
 * The same bulks; `listen` begins to tell how long what they create is on its way to the analyst. One document at a time, the
 * last of a bulk, is counted until the count is 1, at most every `restMs`: a stored document is found after the next refresh
 * of its index only. A document that isn't found within `giveUpMs` is told with the time that it has waited. Never throws.
 */
export function searchableBulk(bulk: Bulk, client: Client, options: Partial<typeof defaults> = {}) {
  const { restMs, askEveryMs, giveUpMs, now } = { ...defaults, ...options }
  const closing = new AbortController()
  const { signal } = closing
  let heard: Heard | undefined
  let busy = false

  async function isFound({ index, id }: BulkEntry): Promise<boolean> {
    try {
      const { count } = await client.count({ index, query: { ids: { values: [id] } } }, { signal, ignore: [404, 503] })
      return count === 1
    } catch {
      // Away, too slow, or not for us to ask: whether it is found isn't known yet.
      return false
    }
  }

  async function follow(entry: BulkEntry, receivedMs: number, tell: Heard): Promise<void> {
    const storedMs = now()
    let passedMs = 0
    while (passedMs < giveUpMs && !(await isFound(entry))) {
      await wait(Math.max(askEveryMs, passedMs * patience), signal)
      if (signal.aborted) return
      passedMs = now() - storedMs
    }
    if (signal.aborted) return
    tell(Math.max(0, now() - receivedMs) / 1_000)
    await wait(restMs, signal)
  }

  const searchable: Bulk = {
    ...bulk,
    async create(entries, place, bulkSignal) {
      const answer = await bulk.create(entries, place, bulkSignal)
      const last = entries.at(-1)
      if (!heard || busy || !last || 'outcome' in answer || answer.at(-1)?.status !== 201) return answer
      const receivedMs = receivedMsOf(last.record.value)
      if (receivedMs === undefined) return answer
      busy = true
      void follow(last, receivedMs, heard).finally(() => {
        busy = false
      })
      return answer
    },
  }
  return {
    bulk: searchable,
    listen(tell: Heard): void {
      heard = tell
    },
    close: () => closing.abort(),
  }
}
