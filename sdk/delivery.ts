import { limits } from './event.ts'
import { guard } from './guard.ts'
import { type Counts, createLosses } from './losses.ts'
import { outcomeOf } from './outcome.ts'
import { type Answer, post } from './post.ts'
import { retryDelayMs } from './retry-delay.ts'
import { type Entry, type SealedBatch, sealBatch } from './seal.ts'

const maxEvents = 10
const maxAgeMs = 2_000
const maxBytes = 49_152
const maxKeepaliveBytes = 61_440
const maxQueueEvents = 1_000

/** Where events go. */
export interface Target {
  site: string
  /** URL of the collector's `/v1/events`. */
  endpoint: string
}

/** What the delivery asks of its owner. */
export interface DeliveryOptions {
  /** Asked before each send; undefined as long as nothing may go. Events wait meanwhile. */
  target(): Target | undefined
  /** Makes the event that reports what was dropped. */
  report(dropped: Counts): Entry
}

/**
 * Holds events in memory until they are acknowledged: at most 1,000, beyond which the oldest are dropped and counted.
 * A batch goes after 10 events or 2 s, at most 48 KB, one at a time; what may succeed later goes again, byte for byte the
 * same, with its age in the query. What had to be dropped is reported in the next batch.
 */
export interface Delivery {
  add(entry: Entry): void
  /** Looks again whether something is due, after `target` has changed. */
  wake(): void
  /**
   * Sends all that fits into the page's room for requests that outlive it (60 KB); `leaving` by beacon, unanswered. What
   * waits for a retry goes only when `leaving`: a page that lives on keeps to the delay.
   */
  flush(leaving: boolean): void
  /** Forgets all that is held, uncounted. */
  clear(): void
  /** Counts an event that never came to be. */
  lose(reason: string): void
  counts(): { queued: number; sent: number; acknowledged: number; dropped: Counts; retrying: boolean }
}

interface Batch extends SealedBatch {
  tries: number
  inFlight: boolean
}

/** See {@link Delivery}. Does nothing before the first `add`. */
export function createDelivery({ target, report }: DeliveryOptions): Delivery {
  const losses = createLosses()
  let queue: Entry[] = []
  let batches: Batch[] = []
  let batchEvents: number = limits.batchEvents
  let keepaliveBytes = 0
  let failures = 0
  let retrying = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let sent = 0
  let acknowledged = 0

  const queued = () => batches.reduce((sum, batch) => sum + batch.entries.length, queue.length)
  const busy = () => batches.some(batch => batch.inFlight)

  function schedule(ms: number) {
    clearTimeout(timer)
    timer = setTimeout(guard(run), ms)
  }

  function wake() {
    const [oldest] = queue
    if (retrying || busy()) return
    if (batches[0] || queue.length >= maxEvents) schedule(0)
    else if (oldest) schedule(Math.min(Math.max(oldest.at + maxAgeMs - Date.now(), 0), maxAgeMs))
  }

  function run() {
    retrying = false
    const to = target()
    if (!to || busy()) return
    const batch = batches[0] || (queue[0] && seal(to, maxBytes))
    if (batch) send(to, batch, false)
  }

  function seal({ site }: Target, room: number): Batch | undefined {
    const dropped = losses.take()
    if (dropped) queue.push(report(dropped))
    while (queue[0]) {
      const sealed = sealBatch(site, queue.slice(0, batchEvents), { now: Date.now(), maxBytes: room })
      if (sealed) {
        queue.splice(0, sealed.entries.length)
        const batch = { ...sealed, tries: 0, inFlight: false }
        batches.push(batch)
        return batch
      }
      if (room < maxBytes) break
      losses.drop(queue.splice(0, 1), 'too_large')
    }
    return undefined
  }

  function send({ endpoint }: Target, batch: Batch, leaving: boolean) {
    const { entries, body, bytes, sealedAt } = batch
    const keepalive = keepaliveBytes + bytes <= maxKeepaliveBytes
    const room = keepalive ? bytes : 0
    keepaliveBytes += room
    batch.inFlight = true
    if (!batch.tries) sent += entries.length
    for (const entry of entries) entry.state = 'sent'
    const age = batch.tries++ ? `${endpoint.includes('?') ? '&' : '?'}age=${Math.max(0, Date.now() - sealedAt)}` : ''
    void post(endpoint + age, body, { keepalive, leaving }).then(
      guard(answer => {
        keepaliveBytes -= room
        batch.inFlight = false
        if (batches.includes(batch)) settle(batch, answer)
      }),
    )
  }

  function settle(batch: Batch, answer: Answer | undefined) {
    const { entries } = batch
    const outcome = answer && outcomeOf(answer.status)
    if (outcome === 'retry') {
      retrying = true
      schedule(retryDelayMs({ ...answer, failures: ++failures, now: Date.now(), random: Math.random() }))
      return
    }
    batches.splice(batches.indexOf(batch), 1)
    if (outcome === 'halve' && entries.length > 1) {
      queue.unshift(...entries)
      batchEvents = entries.length >> 1
    } else if (outcome === 'acknowledged') {
      const refused = new Set(answer?.rejected)
      losses.drop(
        entries.filter((_, index) => refused.has(index)),
        'rejected',
      )
      for (const entry of entries) {
        if (entry.state === 'dropped') continue
        entry.state = 'acknowledged'
        acknowledged++
      }
      failures = 0
      retrying = false
      batchEvents = Math.min(batchEvents * 2, limits.batchEvents)
    } else if (answer) losses.drop(entries, `http_${answer.status}`)
    wake()
  }

  return {
    add(entry) {
      queue.push(entry)
      if (queued() > maxQueueEvents) {
        const waiting = batches.findIndex(batch => !batch.inFlight)
        losses.drop(waiting < 0 ? queue.splice(0, 1) : (batches.splice(waiting, 1)[0]?.entries ?? []), 'queue_full')
      }
      wake()
    },
    wake,
    flush(leaving) {
      const to = target()
      if (!to) return
      for (const batch of batches) {
        if (retrying && batch.tries && !leaving) continue
        if (!batch.inFlight && keepaliveBytes + batch.bytes <= maxKeepaliveBytes) send(to, batch, leaving)
      }
      for (;;) {
        const batch = seal(to, Math.min(maxBytes, maxKeepaliveBytes - keepaliveBytes))
        if (!batch) return
        send(to, batch, leaving)
      }
    },
    clear() {
      queue = []
      batches = []
      losses.clear()
      retrying = false
      clearTimeout(timer)
    },
    lose: losses.count,
    counts: () => ({ queued: queued(), sent, acknowledged, dropped: { ...losses.total }, retrying }),
  }
}
