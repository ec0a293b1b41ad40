const baseMs = 1_000
const capMs = 60_000
const retryAfterCapMs = 900_000

/** What a delay depends on. */
export interface Failure {
  /** Failures in a row, from 1. */
  failures: number
  /** The `Retry-After` header as it came: seconds or an HTTP date (RFC 9110, 10.2.3). */
  retryAfter?: string | null | undefined
  /** ms since 1970, for the date form. */
  now: number
  /** 0 … 1. */
  random: number
}

/**
 * Milliseconds until the next try: full jitter over 1 s doubled at each failure, at most 60 s, on top of what
 * `Retry-After` asks for (at most 15 minutes; nonsense counts as absent).
 */
export function retryDelayMs({ failures, retryAfter, now, random }: Failure): number {
  const asked = retryAfter ? Number(retryAfter) * 1_000 || Date.parse(retryAfter) - now : 0
  return Math.min(Math.max(asked || 0, 0), retryAfterCapMs) + random * Math.min(baseMs * 2 ** failures, capMs)
}
