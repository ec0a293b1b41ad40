export interface QueueTimeOptions {
  /** How long a request may expect to wait for its send, milliseconds. @default 100 */
  maxQueueMs?: number
  /** A queue below this is never too long, bytes. @default 256 KiB */
  freeBytes?: number
}

/** One send that the topic has acknowledged. */
export interface AcknowledgedSend {
  bytes: number
  startedMs: number
  nowMs: number
  /** Whether more than it could carry was waiting: only then it tells how much the topic takes. */
  backlogged: boolean
}

/** Tells overload, which is refused at once, from a pause of the topic, which is waited out. */
export interface QueueTime {
  acknowledged(send: AcknowledgedSend): void
  /** Whether what comes behind so many bytes would wait too long for its send. */
  refuses(queuedBytes: number, nowMs: number): boolean
}

const defaults = { maxQueueMs: 100, freeBytes: 256 * 1_024 } satisfies QueueTimeOptions

/** What was measured counts half after so much busy time, milliseconds. */
const halfLifeMs = 250
/** After so long without a backlog the measure is forgotten, milliseconds. */
const forgetMs = 10_000
/** The topic pauses when it has acknowledged nothing for so many of its usual intervals. */
const pauseIntervals = 4
const minPauseMs = 100

/**
 * Expects a queue to take as long as its bytes take at the rate of the acknowledgements of the last backlogs (Little's law).
 * While the topic pauses (an election, a flush of its disk) nothing is refused.
 */
export function createQueueTime(options: QueueTimeOptions = {}): QueueTime {
  const { maxQueueMs, freeBytes } = { ...defaults, ...options }
  let bytes = 0
  let busyMs = 0
  let sends = 0
  let lastMs = Number.NEGATIVE_INFINITY
  let backloggedMs = Number.NEGATIVE_INFINITY

  const pauseMs = () => Math.max(minPauseMs, sends > 0 ? (pauseIntervals * busyMs) / sends : 0)

  return {
    acknowledged(send) {
      const { nowMs } = send
      if (send.backlogged) {
        if (nowMs - backloggedMs > forgetMs) bytes = busyMs = sends = 0
        // Sends in flight at once share the time: each is charged only what lies behind the one acknowledged before it.
        const elapsed = Math.min(nowMs - Math.max(send.startedMs, lastMs), pauseMs())
        const keep = 0.5 ** (elapsed / halfLifeMs)
        bytes = bytes * keep + send.bytes
        busyMs = busyMs * keep + elapsed
        sends = sends * keep + 1
        backloggedMs = nowMs
      }
      lastMs = nowMs
    },
    refuses(queuedBytes, nowMs) {
      if (queuedBytes <= freeBytes || busyMs <= 0) return false
      if (nowMs - backloggedMs > forgetMs || nowMs - lastMs > pauseMs()) return false
      return queuedBytes > (bytes / busyMs) * maxQueueMs
    },
  }
}
