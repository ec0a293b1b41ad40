import fc from 'fast-check'
import { expect, test } from 'vitest'
import { beginOf, spanOf } from '../../../dashboard/buckets.ts'

const time = fc.integer({ min: 0, max: Date.UTC(2100, 0) })

test('the last bucket up to now holds now', () => {
  fc.assert(
    fc.property(
      time,
      fc.constantFrom('hour' as const, 'day' as const, 'week' as const, 'month' as const),
      (nowMs, range) => {
        const { fromMs, bucketMs, buckets } = spanOf({ range }, { nowMs, oldestMs: 0, newestMs: 0 })
        expect(Math.floor((nowMs - fromMs) / bucketMs)).toBe(buckets - 1)
        expect(beginOf({ range }, { fromMs, bucketMs, buckets })).toBe(fromMs)
      },
    ),
  )
})

test('all covers oldest and newest in at most 120 whole buckets', () => {
  fc.assert(
    fc.property(time, time, (a, b) => {
      const [oldestMs, newestMs] = a < b ? [a, b] : [b, a]
      const { fromMs, bucketMs, buckets } = spanOf({ range: 'all' }, { nowMs: 0, oldestMs, newestMs })
      expect(buckets).toBeLessThanOrEqual(120)
      expect(fromMs % bucketMs).toBe(0)
      expect(Math.floor((oldestMs - fromMs) / bucketMs)).toBe(0)
      expect(Math.floor((newestMs - fromMs) / bucketMs)).toBe(buckets - 1)
    }),
  )
})

test('a custom range without an end goes on to now, though it begin after it', () => {
  fc.assert(
    fc.property(time, time, (beginMs, nowMs) => {
      const chosen = { range: 'custom' as const, from: new Date(beginMs).toISOString() }
      const span = spanOf(chosen, { nowMs, oldestMs: 0, newestMs: 0 })
      expect(beginOf(chosen, span)).toBe(beginMs)
      expect(span.untilMs).toBeUndefined()
      expect(span.fromMs + span.buckets * span.bucketMs).toBeGreaterThan(Math.max(beginMs, nowMs))
    }),
  )
})

test('a custom range is covered from its beginning to before its end', () => {
  fc.assert(
    fc.property(time, fc.integer({ min: 1, max: 400 * 86_400_000 }), (beginMs, lengthMs) => {
      const chosen = {
        range: 'custom' as const,
        from: new Date(beginMs).toISOString(),
        to: new Date(beginMs + lengthMs).toISOString(),
      }
      const span = spanOf(chosen, { nowMs: 0, oldestMs: 0, newestMs: 0 })
      expect(beginOf(chosen, span)).toBe(beginMs)
      expect(span.untilMs).toBe(beginMs + lengthMs)
      expect(span.fromMs).toBeLessThanOrEqual(beginMs)
      expect(span.fromMs + span.buckets * span.bucketMs).toBeGreaterThanOrEqual(beginMs + lengthMs)
    }),
  )
})
