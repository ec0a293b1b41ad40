import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import type { Random } from '../../test/fuzz/random.ts'
import { tabId } from '../../test/support/poster.ts'
import { type SealedBatch, sealBatch, type Tab } from './batches.ts'
import { jsonOf } from './json-of.ts'

/** Visitors who post batches, each again and again until it is acknowledged, byte for byte the same, as the SDK does. */
export interface Visitors {
  /** Ids of the events that a 2xx covers. */
  readonly acknowledged: ReadonlySet<string>
  /** Events that were refused one by one, as they had to be. */
  refused(): number
  /** Batches that were posted again although they were acknowledged. */
  resent(): number
  /** How often a batch had to be posted again, by what the collector answered. */
  readonly delays: ReadonlyMap<string, number>
  /** Answers that no visitor should get. */
  readonly wrong: readonly string[]
  /** Batches that are not acknowledged yet, or being posted again. */
  onTheirWay(): number
  /** No new batch; those on their way are posted on until they are acknowledged. */
  stop(): void
}

export interface VisitorsOptions {
  /** Of the collector. */
  url: string
  /** Events a second, on average; what an outage held up is made up for. */
  rate: number
  random: Random
}

type Answer = { status: number; text: string; waitMs: number } | undefined

const refusal = z.object({ error: z.string() })
const partial = z.object({ rejected: z.array(z.object({ index: z.number() })) })
/** Above every deadline of the collector. */
const answerMs = 20_000
/** On top of what Retry-After says. */
const mostJitterMs = 2_000
/** As the SDK has it, with all from 500 on. */
const retried = new Set([408, 425, 429])
const tickMs = 20
/** Batches on their way; the rest of a long outage's events waits to be sealed. */
const mostOnTheirWay = 500
/** One batch in so many is posted again: its answer did not reach the browser. */
const resentOnceIn = 50
/** A tab is closed after so many batches, on average. */
const closedOnceIn = 20

/** Visitors come from now on, until `stop`. What is wrong with an answer is kept, not thrown. */
export function startVisitors({ url, rate, random }: VisitorsOptions): Visitors {
  const acknowledged = new Set<string>()
  const delays = new Map<string, number>()
  const wrong: string[] = []
  const idle: Tab[] = []
  let [opened, sealed, refused, resent, onTheirWay] = [0, 0, 0, 0, 0]

  async function post(body: string, ageMs: number): Promise<Answer> {
    const query = ageMs > 0 ? `?age=${ageMs}` : ''
    const headers = { 'content-type': 'text/plain' }
    return fetch(`${url}/v1/events${query}`, { method: 'POST', headers, body, signal: AbortSignal.timeout(answerMs) })
      .then(async response => {
        const waitMs = Number(response.headers.get('retry-after') ?? 0) * 1_000
        return { status: response.status, text: await response.text(), waitMs }
      })
      .catch(() => undefined)
  }

  async function deliver({ body, good, bad }: SealedBatch): Promise<void> {
    const sealedMs = Date.now()
    let answer = await post(body, 0)
    while (!answer || retried.has(answer.status) || answer.status >= 500) {
      const reason = reasonOf(answer)
      delays.set(reason, (delays.get(reason) ?? 0) + 1)
      await wait((answer?.waitMs ?? 0) + random.below(mostJitterMs))
      answer = await post(body, Date.now() - sealedMs)
    }
    const told = refusedIn(answer)
    if (told?.join() !== bad.join()) {
      wrong.push(`${answer.status} ${answer.text} for a batch in which [${bad}] had to be refused`)
      return
    }
    for (const id of good) acknowledged.add(id)
    refused += bad.length
    if (!random.once(resentOnceIn)) return
    resent++
    await post(body, Date.now() - sealedMs)
  }

  async function visit(tab: Tab): Promise<void> {
    const before = tab.next
    const batch = sealBatch(tab, random)
    sealed += tab.next - before
    await deliver(batch)
    if (!random.once(closedOnceIn)) idle.push(tab)
  }

  const beganMs = performance.now()
  function come(): void {
    const due = ((performance.now() - beganMs) / 1_000) * rate
    while (sealed < due && onTheirWay < mostOnTheirWay) {
      const tab = idle.splice(random.below(idle.length), 1)[0] ?? { id: tabId(opened++), next: 1 }
      onTheirWay++
      visit(tab)
        .catch(error => void wrong.push(String(error)))
        .finally(() => onTheirWay--)
    }
  }

  const coming = setInterval(come, tickMs)
  return {
    acknowledged,
    refused: () => refused,
    resent: () => resent,
    delays,
    wrong,
    onTheirWay: () => onTheirWay,
    stop: () => clearInterval(coming),
  }
}

/** The status, and what the collector says before it gives advice. */
function reasonOf(answer: Answer): string {
  if (!answer) return 'no answer'
  const { error } = refusal.safeParse(jsonOf(answer.text)).data ?? { error: '' }
  return `${answer.status} ${error.split(':')[0]}`
}

/** Which positions an answer refuses; undefined where it acknowledges nothing. */
function refusedIn({ status, text }: { status: number; text: string }): number[] | undefined {
  if (status === 204) return []
  if (status !== 200) return undefined
  return partial.safeParse(jsonOf(text)).data?.rejected.map(({ index }) => index)
}
