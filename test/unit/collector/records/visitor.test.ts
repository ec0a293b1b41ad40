import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { dailyPseudonym } from '../../../../collector/records/visitor.ts'

const visit = {
  site: 'example',
  address: '203.0.113.7',
  userAgent: 'UA',
  nowMs: Date.parse('2026-11-21T00:00:00.000Z'),
}
const pseudonym = dailyPseudonym('secret', visit)

test('is HMAC-SHA-256 over day, site, address and user agent, so that every collector makes the same', () => {
  const hmac = createHmac('sha256', 'secret').update('2026-11-21\0example\x00203.0.113.7\0UA')
  expect(pseudonym).toBe(hmac.digest('base64url').slice(0, 16))
  expect(pseudonym).toMatch(/^[\w-]{16}$/)
})

test('stays the same until the end of the UTC day', () => {
  expect(dailyPseudonym('secret', { ...visit, nowMs: Date.parse('2026-11-21T23:59:59.999Z') })).toBe(pseudonym)
})

test.each([
  ['day', 'secret', { nowMs: Date.parse('2026-11-22T00:00:00.000Z') }],
  ['site', 'secret', { site: 'other' }],
  ['address', 'secret', { address: '203.0.113.8' }],
  ['user agent', 'secret', { userAgent: 'UB' }],
  ['secret', 'other', {}],
])('differs with the %s', (_, secret, change) => {
  expect(dailyPseudonym(secret, { ...visit, ...change })).not.toBe(pseudonym)
})
