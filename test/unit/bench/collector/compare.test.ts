import { expect, test } from 'vitest'
import { median, type Round, ratio, wasStarved } from '../../../../bench/collector/compare.ts'

const round = (eventsPerSecond: number): Round => ({
  events: 1,
  eventsPerSecond,
  eventsPerCpuSecond: 2 * eventsPerSecond,
  busy: 1,
})

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
  [[], Number.NaN],
])('finds the median of %j', (values, expected) => {
  expect(median(values)).toBe(expected)
})

test('compares round with round, so that a slow moment of the machine counts on both sides', () => {
  const results = { ours: [10, 20, 60].map(round), bare: [100, 200, 300].map(round) }
  expect(ratio(results, 'ours', 'bare')).toBeCloseTo(0.1)
  expect(ratio(results, 'ours', 'bare', 'eventsPerCpuSecond')).toBeCloseTo(0.1)
})

test('knows no ratio to a server that was not measured', () => {
  expect(ratio({ ours: [round(10)] }, 'ours', 'vertx')).toBeNaN()
})

test.each([
  [[0.99, 0.2, 0.98], false],
  [[0.84, 0.2, 0.98], true],
])('knows from the core that a server had, %j, whether it was starved: %s', (busy, starved) => {
  expect(wasStarved({ bare: busy.map(part => ({ ...round(1), busy: part })) }, 'bare')).toBe(starved)
})
