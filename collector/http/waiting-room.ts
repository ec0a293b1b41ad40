import { createTurns } from './turns.ts'

export interface WaitingRoomOptions {
  /** While less waits nobody is refused, as a process may stand still for reasons of its own, bytes. @default 512 KiB */
  freeBytes?: number
  /** A clock, milliseconds. @default performance.now */
  now?: () => number
}

export interface WaitingRoom {
  /** Whether nobody waits, and there is time to work on one more at once. */
  hasTime(): boolean
  /** Whether whoever came now would have to wait for too long. */
  isFull(): boolean
  /** Keeps work on so many bytes for a later turn, first come, first served. */
  enter(bytes: number, work: () => void): void
  /** Whether a connection that was just read had better not be read again before `atNext`. */
  hasSeenEnough(): boolean
  /** Does something when more is read. */
  atNext(task: () => void): void
  /** Does work on a request that found the room full: its caller has to refuse it, as `turnsAway` tells meanwhile. */
  turnAway<T>(work: () => T): T
  turnsAway(): boolean
}

/** No more are let in than can expect their turn within so many milliseconds. */
const patienceMs = 100
/** So long after somebody had to wait nobody is refused, milliseconds: a crowd that comes at once is soon served, and so is one that came while the process stood still. */
const burstMs = 250
/** How long one takes is told by the turns of so many milliseconds, so that a hiccup is not taken for a crowd. */
const recentMs = 250
/** No turn and no look takes so long, milliseconds: the process stood still. */
const standstillMs = 1_000
/** When so much waits, no more is let in, bytes. */
const maxBytes = 32 * 1_024 * 1_024

interface Waiting {
  work: () => void
  bytes: number
}

/**
 * Keeps a server polite when more comes in than it can work on. Node reads and works on every connection that has
 * something, in one go, before it looks again, so that at twice the load everybody waits for seconds. Here work is done in
 * turns of a few milliseconds; what comes in meanwhile waits for the next turn, first come, first served, and when one more
 * would have to wait for too long, new requests are refused at once. A server that keeps up never waits.
 */
export function createWaitingRoom({
  freeBytes = 512 * 1_024,
  now = () => performance.now(),
}: WaitingRoomOptions = {}): WaitingRoom {
  const queue: Waiting[] = []
  let queuedBytes = 0
  /** Since when somebody waits. */
  let sinceMs = 0
  let worked = 0
  /** What turns that ended before the queue have taken of late, with all that is done between, and on how many they worked. */
  let recent = { ms: 0, worked: 0 }
  let turningAway = false
  const turns = createTurns({ now, isWaiting: () => queue.length > 0, workOnOne, passed })

  function passed(hadMore: boolean, ms: number): void {
    if (ms > standstillMs) {
      recent = { ms: 0, worked: 0 }
      sinceMs = now()
    } else if (hadMore) {
      const share = recent.ms > recentMs ? 0.5 : 1
      recent = { ms: share * recent.ms + ms, worked: share * recent.worked + worked }
    }
    worked = 0
  }

  function isSlow(): boolean {
    return (queue.length * recent.ms) / recent.worked > patienceMs && now() - sinceMs > burstMs
  }

  function workOnOne(): void {
    const next = queue.shift()
    if (next === undefined) return
    queuedBytes -= next.bytes
    worked++
    next.work()
  }

  return {
    hasTime: () => queue.length === 0 && turns.hasTime(),
    isFull: () => queuedBytes >= freeBytes && (queuedBytes > maxBytes || isSlow()),
    enter(bytes, work) {
      if (queue.length === 0) sinceMs = now()
      queuedBytes += bytes
      queue.push({ work, bytes })
    },
    turnAway(work) {
      turningAway = true
      try {
        return work()
      } finally {
        turningAway = false
      }
    },
    hasSeenEnough: turns.hasSeenEnough,
    atNext: turns.atNext,
    turnsAway: () => turningAway,
  }
}
