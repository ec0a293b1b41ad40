import { expect, test } from 'vitest'
import { backoffMs } from '../../../../topic/kafka/backoff.ts'

test.each([
  [0, 100, 200],
  [1, 200, 400],
  [4, 1_600, 3_200],
  [5, 2_500, 5_000],
  [10_000, 2_500, 5_000],
])('waits after failure %i between %i and %i ms', (attempt, least, most) => {
  expect(backoffMs(attempt, () => 0)).toBe(least)
  expect(backoffMs(attempt, () => 1)).toBe(most)
})
