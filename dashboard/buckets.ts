import type { Range } from './api.ts'

const minute = 60_000
const bucketSizes = [1, 5, 15, 60, 180, 360, 720, 1_440, 4_320, 10_080, 43_200].map(minutes => minutes * minute)
const maxBuckets = 120

export interface Span {
  fromMs: number
  bucketMs: number
  buckets: number
}

/**
 * The buckets of a range: 60 minutes up to now, 96 quarters of an hour up to now, or from the oldest event to the
 * newest in at most 120 buckets. Boundaries are whole multiples of the bucket in UTC; the last one holds `nowMs` (or
 * the newest event). `oldestMs` and `newestMs` matter to `all` only.
 */
export function spanOf(range: Range, nowMs: number, oldestMs: number, newestMs: number): Span {
  if (range === 'hour') return endingAt(nowMs, minute, 60)
  if (range === 'day') return endingAt(nowMs, 15 * minute, 96)
  const size = bucketSizes.find(size => newestMs - oldestMs < size * (maxBuckets - 1))
  const bucketMs = size ?? Math.ceil((newestMs - oldestMs + 1) / (maxBuckets - 1))
  const first = Math.floor(oldestMs / bucketMs)
  const last = Math.floor(newestMs / bucketMs)
  return { fromMs: first * bucketMs, bucketMs, buckets: last - first + 1 }
}

function endingAt(timeMs: number, bucketMs: number, buckets: number): Span {
  return { fromMs: (Math.floor(timeMs / bucketMs) - buckets + 1) * bucketMs, bucketMs, buckets }
}
