export interface BackoffOptions {
  /** Upper bound of the first wait, milliseconds. @default 100 */
  baseMs?: number
  /** No wait is longer, milliseconds. @default 10000 */
  maxMs?: number
}

/**
 * Milliseconds to wait before try `attempt` (0 is the first repetition), with full jitter: uniform in
 * 0 … min(maxMs, baseMs × 2^attempt), so that many waiters don't come back together
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
export function backoffMs(attempt: number, options: BackoffOptions = {}, random: () => number = Math.random): number {
  const { baseMs = 100, maxMs = 10_000 } = options
  return Math.floor(random() * Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 30)))
}

/** Resolves after `ms` milliseconds, or at once when `signal` aborts. Never rejects: ask the signal which it was. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise(resolve => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
}
