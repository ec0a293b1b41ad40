import { wait } from '../backoff.ts'

/** Resolves when so many more letters may go, or when `signal` aborts. */
export type Pace = (letters: number, signal: AbortSignal) => Promise<void>

/** At most `rate` letters a second on average, the first at once. What was not used is not saved up. */
export function createPace(rate: number, now: () => number = () => performance.now()): Pace {
  let freeMs = 0
  return async (letters, signal) => {
    const waitMs = freeMs - now()
    if (waitMs > 0) await wait(waitMs, signal)
    freeMs = Math.max(freeMs, now()) + (letters * 1_000) / rate
  }
}

/** How many letters go together: a tenth of a second's, so that a crash repeats few of them. */
export function stepOf(rate: number): number {
  return Math.min(500, Math.max(1, Math.floor(rate / 10)))
}
