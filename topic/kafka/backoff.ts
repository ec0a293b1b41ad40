const firstMs = 200
const mostMs = 5_000

/**
 * How long to wait after the `attempt`-th failure in a row (from 0), in ms: half fixed, half random, doubling from 200 ms to 5 s, so
 * that many processes don't come back at the same moment.
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(mostMs, firstMs * 2 ** Math.min(attempt, 20))
  return Math.round(ceiling / 2 + (random() * ceiling) / 2)
}
