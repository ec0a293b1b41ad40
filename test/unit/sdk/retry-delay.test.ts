import fc from 'fast-check'
import { expect, test } from 'vitest'
import { retryDelayMs } from '../../../sdk/retry-delay.ts'

const now = Date.UTC(2026, 10, 21, 2, 44, 46)

test.each([
  [1, 2_000],
  [2, 4_000],
  [5, 32_000],
  [6, 60_000],
  [500, 60_000],
])('after %i failures waits at most %i ms, with full jitter', (failures, most) => {
  expect(retryDelayMs({ failures, now, random: 0 })).toBe(0)
  expect(retryDelayMs({ failures, now, random: 0.5 })).toBe(most / 2)
  expect(retryDelayMs({ failures, now, random: 1 })).toBe(most)
})

test.each([
  ['7', 7_000],
  ['0', 0],
  ['86400', 900_000],
  ['Sat, 21 Nov 2026 02:44:56 GMT', 10_000],
  ['Sat, 21 Nov 2026 02:44:00 GMT', 0],
  ['soon', 0],
  ['-5', 0],
  ['', 0],
  [null, 0],
])('Retry-After %j asks for %i ms', (retryAfter, least) => {
  expect(retryDelayMs({ failures: 1, retryAfter, now, random: 0 })).toBe(least)
})

test('is a number of at least 0 and at most 16 minutes for any header', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.nat(2_000),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (retryAfter, failures, random) => {
        const delay = retryDelayMs({ failures, retryAfter, now, random })
        return delay >= 0 && delay <= 960_000
      },
    ),
  )
})
