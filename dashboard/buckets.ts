import type { Selection } from './api.ts'

const minute = 60_000
const bucketSizes = [1, 5, 15, 60, 180, 360, 720, 1_440, 4_320, 10_080, 43_200].map(minutes => minutes * minute)
const maxBuckets = 120

export interface Span {
  fromMs: number
  bucketMs: number
  buckets: number
  /** Where the range ends, excluded; undefined: it goes on. */
  untilMs?: number
}

/**
 * The buckets of a range: up to now 60 minutes, 96 quarters of an hour, 168 hours or 120 quarters of a day; else from
 * the oldest event to the newest, or `from` to `to` (or now), in at most 120 buckets. Boundaries are whole multiples of the
 * bucket in UTC; the last one holds `nowMs` (or the newest event). `oldestMs` and `newestMs` matter to `all` only.
 */
export function spanOf(
  { range, from, to }: Pick<Selection, 'range' | 'from' | 'to'>,
  { nowMs, oldestMs, newestMs }: { nowMs: number; oldestMs: number; newestMs: number },
): Span {
  if (range === 'hour') return endingAt(nowMs, minute, 60)
  if (range === 'day') return endingAt(nowMs, 15 * minute, 96)
  if (range === 'week') return endingAt(nowMs, 60 * minute, 168)
  if (range === 'month') return endingAt(nowMs, 360 * minute, 120)
  if (range === 'all') return between(oldestMs, newestMs)
  const fromMs = Date.parse(from ?? '')
  if (to === undefined) return between(fromMs, Math.max(fromMs, nowMs))
  const untilMs = Date.parse(to)
  return { ...between(fromMs, untilMs - 1), untilMs }
}

/** Where the chosen time begins: of `custom` within its first bucket. */
export function beginOf({ range, from }: Pick<Selection, 'range' | 'from'>, { fromMs }: Span): number {
  return range === 'custom' && from !== undefined ? Date.parse(from) : fromMs
}

function between(oldestMs: number, newestMs: number): Span {
  const size = bucketSizes.find(size => newestMs - oldestMs < size * (maxBuckets - 1))
  const bucketMs = size ?? Math.ceil((newestMs - oldestMs + 1) / (maxBuckets - 1))
  const first = Math.floor(oldestMs / bucketMs)
  const last = Math.floor(newestMs / bucketMs)
  return { fromMs: first * bucketMs, bucketMs, buckets: last - first + 1 }
}

function endingAt(timeMs: number, bucketMs: number, buckets: number): Span {
  return { fromMs: (Math.floor(timeMs / bucketMs) - buckets + 1) * bucketMs, bucketMs, buckets }
}
