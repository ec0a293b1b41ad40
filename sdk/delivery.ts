import { explain } from './explain.ts'
import { guard } from './guard.ts'
import { lose } from './losses.ts'
import { ageOf, undelivered, urlOf } from './outbox.ts'
import { obey, queue, seal, tab } from './queue.ts'
import { drop, keep, kept } from './storage.ts'

const maxEvents = 10
const maxWaitMs = 2_000
const maxBytes = 65_536
const maxAnswerMs = 30_000
/** Where the browser can't end a request in time, and while another tab has the lock. */
const maxSilenceMs = 60_000
const foreignAgeMs = 10_000
const goneMs = 1_000
const maxDoublings = 6
/** A timer of 2^31 ms or more runs at once. */
const maxAskedS = 1e6

type Timer = ReturnType<typeof setTimeout> | 0

/** Tries in a row that the collector didn't answer or asked to repeat. */
export let failures = 0
/** Events of batches that this page sent and that the collector has acknowledged. */
export let acknowledged = 0
/** While the page is being left: what was handed to the browser since, by key. */
export let leaving: Record<string, unknown> | false
/** Runs when the batch is due, where one is. */
let due: Timer | undefined
/** Runs when the next request may be sent, while it may not: one is on its way, or the collector wants to be left alone. */
let silence: Timer | undefined

/**
 * An event is in the queue. A batch is due 2 s after the first one, or with the next try while the collector fails; at 10
 * events where no request is on its way; and at once while the page is being left.
 */
export function added(): void {
  if (leaving) leave()
  else if (!(queue[maxEvents - 1] ? silence : due || failures)) {
    clearTimeout(due)
    due = setTimeout(run, queue[maxEvents - 1] ? 0 : maxWaitMs)
  }
}

/** Seals what waits, and sends a batch of the outbox. Never throws. */
export const run: () => void = () => {
  due = 0
  sendNext()
}

/** Sends nothing for so long, then a batch. */
const pause = /* @__PURE__ */ guard((ms: number): void => {
  clearTimeout(silence)
  silence = setTimeout(() => {
    silence = 0
    sendNext()
  }, ms)
})

/**
 * Sends the newest batch, or an older one after a failure, unless one is on its way: with what was recorded while the
 * collector failed. One that has waited for long may be another tab's: then the tab that gets the lock sends it.
 */
const sendNext = /* @__PURE__ */ guard(() => {
  if (!due) seal()
  const refused = obey()
  if (refused) explain(`sends nothing: ${refused}`)
  const batches = refused ? [] : undelivered()
  const key = batches[failures % batches.length]
  if (!key) failures = 0
  else if (!silence && !leaving) {
    pause(maxSilenceMs)
    const go = () => send(key)
    if (ageOf(key) > foreignAgeMs && navigator.locks) navigator.locks.request('clicktrail', go).catch(go)
    else void go()
  }
})

/** Sends a batch and does what the answer asks for. Never rejects. */
async function send(key: string): Promise<unknown> {
  try {
    const body = kept(key) as string
    const batch = JSON.parse(body)
    const { events } = batch
    if (leaving && navigator.sendBeacon(urlOf(key), body)) {
      explain(`sent ${events.length} events by beacon, as the page is left`, batch)
      // Nobody will hear of the answer: while another one is missing, the batch stays for the next visit.
      return silence || batch.tab !== tab || drop(key)
    }
    explain(`sends ${events.length} events, ${body.length} characters`, batch)
    const response = await fetch(urlOf(key), {
      body,
      method: 'POST',
      keepalive: true,
      credentials: 'omit',
      // The lock is not held for an answer that never comes.
      signal: AbortSignal.timeout?.(maxAnswerMs),
    }).catch(Object)
    const { status = 0 } = response
    // The browser refuses larger bodies that outlive the page (Fetch, HTTP-network-or-cache fetch, step 8.10).
    const tooLarge = status ? status === 413 : new Blob([body]).size > maxBytes
    if (!tooLarge && /^(0|408|42[59]|5)/.test(status)) {
      explain(`no success (${status || response.message}): keeps the events and tries again`)
      pause(
        1_000 *
          ((response.headers?.get('retry-after') % maxAskedS || 0) +
            Math.random() * 2 ** Math.min(++failures, maxDoublings)),
      )
    } else {
      failures = 0
      if (tooLarge && events[1]) {
        // Keys of their own, as no number goes on like this: no other batch and no half of another has them.
        keep(
          key + -1,
          JSON.stringify({ ...batch, events: events.splice(events.length / 2), n: batch.n + events.length }),
        )
        keep(key + 0, JSON.stringify(batch))
        explain('the batch is too large: halves it')
      } else if (response.ok) {
        const rejected = (await response.json().catch(Object)).rejected?.length || 0
        acknowledged += events.length - rejected
        lose('rejected', rejected)
        explain(`the collector acknowledged ${events.length - rejected} events`)
      } else lose(`http_${status}`, events.length)
      drop(key)
      pause(0)
    }
  } catch (error) {
    explain('failed inside, which the page does not feel:', error)
    // Another tab may have sent this batch while the lock was awaited.
    pause(goneMs)
  }
}

/** Hands all to the browser, as nobody can wait for an answer any more. Events that still come go at once. */
export function leave(): void {
  seal()
  leaving ||= {}
  const handed = leaving
  for (const key of undelivered()) handed[key] ||= send(key)
}

/** The page was brought back. */
export function stay(): void {
  leaving = false
}
