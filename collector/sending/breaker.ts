export const breakerStates = ['closed', 'half_open', 'open'] as const
/** `closed` takes sends, `open` takes none, `half_open` has one on trial. */
export type BreakerState = (typeof breakerStates)[number]

export interface BreakerOptions {
  /** The first wait of an open breaker, milliseconds; it doubles with each trial that fails. @default 250 */
  firstWaitMs?: number
  /** @default 5000 */
  maxWaitMs?: number
  /** A trial that nobody has reported on for so long, milliseconds, makes room for another. @default 60000 */
  trialMs?: number
  /** From 0 to 1: spreads the trials of many processes. @default Math.random */
  random?: () => number
}

/** Tells from the outcome of sends whether another is worth a try. */
export interface Breaker {
  state(): BreakerState
  /**
   * Whether a send may go. Of those who ask an open breaker after its wait, the first gets the trial and owes a report;
   * the others wait for it.
   */
  mayTry(nowMs: number): boolean
  /** Milliseconds until it is worth asking again; 0 when closed. */
  waitMs(nowMs: number): number
  /** Closes it; true when it was not closed. */
  succeeded(): boolean
  /** Opens it, for longer if it was a trial that failed; true when it was closed. */
  failed(nowMs: number): boolean
}

const defaults = { firstWaitMs: 250, maxWaitMs: 5_000, trialMs: 60_000, random: Math.random } satisfies BreakerOptions

/** How often one asks again while somebody else's trial is out, milliseconds. */
const pollMs = 100

/** A closed breaker. One failure opens it: whoever reports has tried again before. */
export function createBreaker(options: BreakerOptions = {}): Breaker {
  const { firstWaitMs, maxWaitMs, trialMs, random } = { ...defaults, ...options }
  let state: BreakerState = 'closed'
  let failures = 0
  /** When the next trial may begin. */
  let untilMs = 0

  return {
    state: () => state,
    mayTry(nowMs) {
      if (state === 'closed') return true
      if (nowMs < untilMs) return false
      state = 'half_open'
      untilMs = nowMs + trialMs
      return true
    },
    waitMs(nowMs) {
      if (state === 'closed') return 0
      const left = Math.max(0, untilMs - nowMs)
      return state === 'half_open' ? Math.min(pollMs, left) : left
    },
    succeeded() {
      const was = state
      state = 'closed'
      failures = 0
      return was !== 'closed'
    },
    failed(nowMs) {
      const was = state
      // What was sent before it opened fails late: that says nothing new.
      if (was === 'open') return false
      const wait = Math.min(maxWaitMs, firstWaitMs * 2 ** failures)
      failures++
      untilMs = nowMs + wait * (0.5 + random() / 2)
      state = 'open'
      return was === 'closed'
    },
  }
}
