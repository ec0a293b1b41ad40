import { expect, test } from 'vitest'
import { atLeast, atMost, type Bounds, type Figure, tableOf, verdictOf } from '../../../../bench/collector/figures.ts'

const figure = (value: number, bounds?: Bounds): Figure => ({ what: 'a', value, unit: '', ...(bounds && { bounds }) })

test.each<[number, Bounds | undefined, string]>([
  [0.5, atLeast(0.5, 0.65), 'ok'],
  [0.499, atLeast(0.5, 0.65), 'missed'],
  [0.65, atLeast(0.5, 0.65), 'goal'],
  [30, atMost(30, 20), 'ok'],
  [30.1, atMost(30, 20), 'missed'],
  [20, atMost(30, 20), 'goal'],
  [99, atLeast(99), 'goal'],
  [Number.NaN, atLeast(99), 'missed'],
  [Number.NaN, atMost(99), 'missed'],
  [5, undefined, ''],
])('judges %d by %o: %s', (value, bounds, verdict) => {
  expect(verdictOf(figure(value, bounds))).toBe(verdict)
})

test('does not judge what a busy machine measured', () => {
  expect(verdictOf({ ...figure(0.9, atLeast(0.5)), unsure: true })).toBe('unsure')
})

test('prints a line a figure, with its bounds where it has some', () => {
  const table = tableOf([figure(0.28, atLeast(0.1, 0.28)), { what: 'rate', value: 70_123.4, unit: 'events/s' }])
  const cells = table.split('\n').map(line => line.split('|').map(cell => cell.trim()))
  expect(cells[2]).toEqual(['', 'a', '≥ 0.1', '≥ 0.28', '0.28', 'goal', ''])
  expect(cells[3]).toEqual(['', 'rate', '', '', '70,123 events/s', '', ''])
})
