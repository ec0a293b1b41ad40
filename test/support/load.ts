import { setTimeout as wait } from 'node:timers/promises'
import { batchOf, tabId } from './poster.ts'

export interface LoadOptions {
  /** Of the collector. */
  url: string
  /** Batches on their way at a time. @default 4 */
  posters?: number
  /** A poster's rest between two batches, milliseconds. @default 10 */
  pauseMs?: number
  /** A poster's rest before it sends a batch again, milliseconds. @default 100 */
  retryMs?: number
}

/** Visitors who post batches of ten events, each again and again until it is acknowledged, byte for byte the same. */
export interface Load {
  /** Ids of all events that were sent, acknowledged or not. */
  readonly posted: ReadonlySet<string>
  /** Ids of events that a 2xx covers. */
  readonly acknowledged: ReadonlySet<string>
  /** How often each status came; `none` is a connection that ended without an answer. */
  readonly answers: ReadonlyMap<number | 'none', number>
  /** The longest wait for an answer or its absence, milliseconds. */
  slowestMs(): number
  /**
   * No new batch: resolves when all that were sent are acknowledged, so that `posted` and `acknowledged` are equal. With
   * `giveUp` the batches that are not acknowledged at their next answer are left.
   */
  stop(how?: { giveUp: boolean }): Promise<void>
}

const batchEvents = 10
/** Above every deadline of the collector. */
const answerMs = 20_000

let tabs = 0

export function startLoad({ url, posters = 4, pauseMs = 10, retryMs = 100 }: LoadOptions): Load {
  const posted = new Set<string>()
  const acknowledged = new Set<string>()
  const answers = new Map<number | 'none', number>()
  let slowestMs = 0
  let posting = true
  let givingUp = false

  async function post(body: string): Promise<number | 'none'> {
    const fromMs = performance.now()
    const answer = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body,
      signal: AbortSignal.timeout(answerMs),
    })
      .then(async response => {
        await response.arrayBuffer()
        return response.status
      })
      .catch(() => 'none' as const)
    slowestMs = Math.max(slowestMs, performance.now() - fromMs)
    answers.set(answer, (answers.get(answer) ?? 0) + 1)
    return answer
  }

  async function poster(): Promise<void> {
    while (posting) {
      const tab = tabId(tabs++)
      const ids = Array.from({ length: batchEvents }, (_, index) => `${tab}-${index + 1}`)
      const body = batchOf(tab, 1, batchEvents)
      for (const id of ids) posted.add(id)
      let answer = await post(body)
      while (!isAcknowledged(answer) && !givingUp) {
        await wait(retryMs)
        answer = await post(body)
      }
      if (isAcknowledged(answer)) for (const id of ids) acknowledged.add(id)
      await wait(pauseMs)
    }
  }

  const running = Array.from({ length: posters }, poster)
  return {
    posted,
    acknowledged,
    answers,
    slowestMs: () => Math.round(slowestMs),
    async stop({ giveUp } = { giveUp: false }) {
      posting = false
      givingUp = giveUp
      await Promise.all(running)
    },
  }
}

function isAcknowledged(answer: number | 'none'): boolean {
  return answer !== 'none' && answer >= 200 && answer < 300
}
