import { explain } from './explain.ts'
import { guard } from './guard.ts'
import { lose } from './losses.ts'
import { ageOf, undelivered, urlOf } from './outbox.ts'
import { queue, seal, tab } from './queue.ts'
import { drop, keep, kept } from './storage.ts'

const maxEvents = 10
const maxWaitMs = 2_000
const maxBytes = 65_536
const maxAnswerMs = 30_000
const foreignAgeMs = 10_000
const lockedMs = 1_000
const nextMs = 99
const maxDoublings = 6

/** Tries in a row that the collector didn't answer or asked to repeat. */
export let failures = 0
/** Events that the collector has acknowledged. */
export let acknowledged = 0
let silentUntil = 0
let leaving = false
let timer: ReturnType<typeof setTimeout> | undefined

/** An event is in the queue: a batch is due at 10 of them or after 2 s, and at once while the page is being left. */
export function added(): void {
  if (leaving) leave()
  else if (!failures && (!queue[1] || queue[maxEvents - 1])) schedule(queue[1] ? 0 : maxWaitMs)
}

function schedule(ms: number) {
  clearTimeout(timer)
  timer = setTimeout(run, ms)
}

/** Seals what waits, and sends a batch of the outbox. */
export const run = guard(() => {
  const refused = seal()
  if (refused) explain(`sends nothing: ${refused}`)
  else sendNext()
})

/**
 * Sends the newest batch, unless one is on its way. One that has waited for long may be another tab's: then the tab that
 * gets the lock sends it.
 */
function sendNext() {
  const [key] = undelivered()
  if (!key) failures = 0
  else if (Date.now() > silentUntil) {
    const go = (lock: unknown) => (lock && kept()[key] ? send(key) : schedule(lockedMs))
    const locks = ageOf(key) > foreignAgeMs && navigator.locks
    if (locks) locks.request('clicktrail', { ifAvailable: true }, go).catch(go)
    else void go(true)
  }
}

/** Sends a batch and does what the answer asks for. Never rejects. */
async function send(key: string): Promise<unknown> {
  try {
    const body = kept()[key] as string
    const batch = JSON.parse(body)
    const { events } = batch
    if (leaving && navigator.sendBeacon(urlOf(key), body)) {
      explain(`sent ${events.length} events by beacon, as the page is left`, batch)
      // Nobody will hear of the answer: while another one is missing, the batch stays for the next visit.
      return silentUntil || batch.tab !== tab || drop(key)
    }
    silentUntil = Date.now() + maxAnswerMs
    explain(`sends ${events.length} events, ${body.length} characters`, batch)
    const response = await fetch(urlOf(key), { method: 'POST', body, keepalive: true, credentials: 'omit' }).catch(
      Object,
    )
    const { status = 0 } = response
    // The browser refuses larger bodies that outlive the page (Fetch, HTTP-network-or-cache fetch, step 8.10).
    const tooLarge = status === 413 || (!status && new Blob([body]).size > maxBytes)
    if (!tooLarge && /^(0|408|42[59]|5)/.test(status)) {
      explain(`no success (${status || response.message}): keeps the events and tries again`)
      const askedMs = response.headers?.get('retry-after') * 1_000 || 0
      const waitMs = askedMs + Math.random() * 1_000 * 2 ** Math.min(++failures, maxDoublings)
      silentUntil = Date.now() + waitMs
      schedule(waitMs + nextMs)
    } else {
      failures = silentUntil = 0
      if (tooLarge && events[1] && kept()[key]) {
        const tail = { ...batch, events: events.splice(events.length >> 1), n: batch.n + events.length }
        for (const half of [batch, tail]) keep(key + half.n, JSON.stringify(half))
        explain('the batch is too large: halves it')
      } else if (response.ok) {
        const rejected = (await response.json().catch(Object)).rejected?.length || 0
        acknowledged += events.length - rejected
        lose('rejected', rejected)
        explain(`the collector acknowledged ${events.length - rejected} events`)
      } else lose(`http_${status}`, events.length)
      drop(key)
      setTimeout(guard(sendNext), nextMs)
    }
  } catch (error) {
    explain('failed inside, which the page does not feel:', error)
  }
}

/** Hands all to the browser, as nobody can wait for an answer any more. Events that still come go at once. */
export function leave(): void {
  leaving = true
  if (!seal()) void undelivered().map(send)
}

/** The page was brought back. */
export function stay(): void {
  leaving = false
}
