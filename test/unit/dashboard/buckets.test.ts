import fc from 'fast-check'
import { expect, test } from 'vitest'
import { spanOf } from '../../../dashboard/buckets.ts'

const time = fc.integer({ min: 0, max: Date.UTC(2100, 0) })

test('the last bucket of an hour or a day holds now', () => {
  fc.assert(
    fc.property(time, fc.constantFrom('hour' as const, 'day' as const), (nowMs, range) => {
      const { fromMs, bucketMs, buckets } = spanOf(range, nowMs, 0, 0)
      expect(Math.floor((nowMs - fromMs) / bucketMs)).toBe(buckets - 1)
    }),
  )
})

test('all covers oldest and newest in at most 120 whole buckets', () => {
  fc.assert(
    fc.property(time, time, (a, b) => {
      const [oldest, newest] = a < b ? [a, b] : [b, a]
      const { fromMs, bucketMs, buckets } = spanOf('all', 0, oldest, newest)
      expect(buckets).toBeLessThanOrEqual(120)
      expect(fromMs % bucketMs).toBe(0)
      expect(Math.floor((oldest - fromMs) / bucketMs)).toBe(0)
      expect(Math.floor((newest - fromMs) / bucketMs)).toBe(buckets - 1)
    }),
  )
})
