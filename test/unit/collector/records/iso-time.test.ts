import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isoTime } from '../../../../collector/records/iso-time.ts'

const latest = Date.parse('9999-12-31T23:59:59.999Z')

test.each([0, 999, 1_000, 59_999, 60_000, Date.parse('2026-11-21T02:04:08.007Z'), latest])(
  '%i ms are written as Date does it',
  ms => {
    expect(isoTime(ms)).toBe(new Date(ms).toISOString())
  },
)

test('times in any order are written as Date does it', () => {
  const nearby = fc.integer({ min: 0, max: 180_000 })
  fc.assert(
    fc.property(fc.array(fc.oneof(nearby, fc.integer({ min: 0, max: latest }))), times => {
      expect(times.map(isoTime)).toEqual(times.map(ms => new Date(ms).toISOString()))
    }),
  )
})
