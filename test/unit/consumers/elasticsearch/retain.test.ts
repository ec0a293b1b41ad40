import { expect, it, test } from 'vitest'
import { dailyIndex, dayOfIndex } from '../../../../consumers/elasticsearch/daily-index.ts'
import { planIndexRetention } from '../../../../consumers/elasticsearch/retain.ts'

const nowMs = Date.parse('2026-11-21T23:59:59Z')
const stored = (...names: string[]) => names.map(name => ({ name, documents: 1, bytes: 10 }))
const plan = (days: number, ...names: string[]) => {
  const { drop, strangers } = planIndexRetention(stored(...names), { index: 'web', days, nowMs })
  return { drop: drop.map(one => one.name), strangers }
}

test('the name of a day leads back to the day', () => {
  expect(dailyIndex('web', nowMs)).toBe('web-2026.11.21')
  expect(dayOfIndex('web', 'web-2026.11.21')).toBe(Date.parse('2026-11-21'))
})

it.each([
  [1, ['web-2026.11.19']],
  [2, []],
])('keeps today and %i days before it', (days, drop) => {
  expect(plan(days, 'web-2026.11.19', 'web-2026.11.20', 'web-2026.11.21').drop).toEqual(drop)
})

it('drops the oldest first', () => {
  expect(plan(1, 'web-2026.02.01', 'web-2025.12.31', 'web-2026.01.01').drop).toEqual([
    'web-2025.12.31',
    'web-2026.01.01',
    'web-2026.02.01',
  ])
})

it.each([
  'web-2020.01.01-old',
  'web-2020.1.1',
  'web-2020.02.31',
  'web-2020-01-01',
  'web-shop-2020.01.01',
  'web-restored',
  'web-',
  'webx-2020.01.01',
])('never drops %s, which is no daily index', name => {
  expect(plan(1, name)).toEqual({ drop: [], strangers: [name] })
})
