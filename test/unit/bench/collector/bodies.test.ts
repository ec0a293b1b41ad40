import { expect, test } from 'vitest'
import { corpus } from '../../../../bench/collector/bodies.ts'
import { validate } from '../../../../collector/validation/validate.ts'

test.each([1, 10, 50])('makes batches of %d events that the collector accepts whole', events => {
  for (const { Body, Events } of corpus({ events, bodies: 20 })) {
    const validated = validate(Buffer.from(Body))
    expect(validated).toMatchObject({ ok: true, rejected: [] })
    expect(JSON.parse(Body).events).toHaveLength(Events)
    expect(Events).toBe(events)
  }
})

test('weighs about 75 B an event in batches of 10, as the SDK does', () => {
  const bodies = corpus({ events: 10 })
  const mean = bodies.reduce((sum, { Body }) => sum + Body.length, 0) / bodies.length / 10
  expect(mean).toBeGreaterThan(65)
  expect(mean).toBeLessThan(85)
})

test('gives each body a tab of its own, whose end the load generator may number', () => {
  const tabs = corpus({ events: 1 }).map(({ Body }) => String(JSON.parse(Body).tab))
  expect(new Set(tabs).size).toBe(tabs.length)
  for (const tab of tabs) expect(tab).toMatch(/^[0-9a-z]{13}0000000$/)
})

test('adds the text that was asked for to each event', () => {
  const [plain] = corpus({ events: 10, bodies: 1 })
  const [padded] = corpus({ events: 10, bodies: 1, padding: 300 })
  const added = '"text_0":"",'.length + 300
  expect((padded?.Body.length ?? 0) - (plain?.Body.length ?? 0)).toBe(10 * added)
})
