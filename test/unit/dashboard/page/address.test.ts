import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  changed,
  questionOf,
  rangeOf,
  readAddress,
  roomNames,
  writeAddress,
} from '../../../../dashboard/page/address.ts'

test.each([
  ['', { room: 'overview', chosen: {} }],
  ['#nowhere', { room: 'overview', chosen: {} }],
  ['#pages?range=week&site=a%26b&site=c&evil=1&from=', { room: 'pages', chosen: { range: 'week', site: 'a&b' } }],
  ['#sql?sql=SELECT%20%27?%27', { room: 'sql', chosen: { sql: "SELECT '?'" } }],
  ['#pages?%', { room: 'pages', chosen: {} }],
])('%j is read', (hash, address) => {
  expect(readAddress(hash)).toEqual(address)
})

test('every address comes back as it was written', () => {
  const text = fc.string({ minLength: 1, unit: 'grapheme' })
  const chosen = fc.record({ site: text, action: text, property: text, sql: text }, { requiredKeys: [] })
  fc.assert(
    fc.property(fc.constantFrom(...roomNames), chosen, (room, chosen) => {
      const address = { room, chosen: { ...chosen } }
      expect(readAddress(writeAddress(address))).toEqual(address)
    }),
  )
})

test('a choice is made, given up, and asked about only where it matters', () => {
  const address = changed(readAddress('#events?range=week&action=buy'), { action: undefined, site: 'shop' })
  expect(writeAddress(address)).toBe('#events?range=week&site=shop')
  expect(questionOf(changed(address, { sql: 'SELECT 1', action: 'buy' }), 0)).toBe('range=week&site=shop')
  expect(questionOf(changed(address, { action: 'buy' }), 0, 'action')).toBe('range=week&site=shop&action=buy')
})

test.each([
  ['#loss', 'custom', 'yesterday'],
  ['#loss?range=day', 'day', 'day'],
  ['#pages', 'day', 'day'],
  ['#pages?range=yesterday&to=2026-01-01T00:00:00Z', 'custom', 'yesterday'],
])('%s asks for %s, as its time is %s', (hash, asked, range) => {
  const now = new Date(2026, 2, 1, 15, 30)
  const question = new URLSearchParams(questionOf(readAddress(hash), now.getTime()))
  expect(rangeOf(readAddress(hash))).toBe(range)
  const from = asked === 'custom' ? new Date(2026, 1, 28).toISOString() : null
  expect([question.get('range'), question.get('from'), question.get('to')]).toEqual([asked, from, null])
})
