/** Spends so many bytes a second at most; what was not spent in time is not saved up. */
export interface Pace {
  /** Spends the bytes; milliseconds to wait before they may go. */
  spend(bytes: number, nowMs: number): number
}

export function createPace(bytesPerSecond: number): Pace {
  /** When all that was spent so far has gone. */
  let paidMs = Number.NEGATIVE_INFINITY
  return {
    spend(bytes, nowMs) {
      const startMs = Math.max(paidMs, nowMs)
      paidMs = startMs + (bytes / bytesPerSecond) * 1_000
      return startMs - nowMs
    },
  }
}
