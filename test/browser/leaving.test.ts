import { afterEach, expect, test } from 'vitest'
import { endVisits, visit } from './visit.ts'

afterEach(endVisits)

test('sends what is queued when the page is hidden, by a fetch that outlives it', async () => {
  const { window, sent, events, hide } = await visit()
  window.clicktrail.track('last')
  hide()
  expect(events().map(({ action }) => action)).toEqual(['page_view', 'last'])
  expect(sent[0]).toMatchObject({ by: 'fetch', init: { method: 'POST', keepalive: true } })
  await expect.poll(() => window.clicktrail.status().acknowledged).toBe(2)
})

test('sends what is queued by beacon when the page is left', async () => {
  const { window, sent, events, leave } = await visit()
  window.clicktrail.track('last')
  leave()
  expect(sent.map(({ by }) => by)).toEqual(['beacon'])
  expect(events().map(({ action }) => action)).toEqual(['page_view', 'last'])
})

test('falls back to fetch where the browser takes no beacon', async () => {
  const { sent, leave } = await visit({
    before: window => Object.assign(window.navigator, { sendBeacon: () => false }),
  })
  leave()
  expect(sent[0]).toMatchObject({ by: 'fetch', init: { keepalive: true } })
})

test('uses beacons when hidden in a browser whose fetch knows no keepalive', async () => {
  const { sent, hide } = await visit({
    before: window => void Reflect.deleteProperty(window.Request.prototype, 'keepalive'),
  })
  hide()
  expect(sent[0]?.by).toBe('beacon')
})

test('tries once more, in the same body, what is waiting for a retry', async () => {
  const reply = () => new Response(null, { status: 503, headers: { 'retry-after': '60' } })
  const { window, sent, hide, leave } = await visit({ reply })
  hide()
  await expect.poll(() => window.clicktrail.status().blocked).toBe('retrying')
  leave()
  expect(sent.map(({ by }) => by)).toEqual(['fetch', 'beacon'])
  expect(sent[1]?.body).toBe(sent[0]?.body)
  expect(sent[1]?.url.search).toMatch(/^\?age=\d+$/)
})

test('never has more than 60 KB in flight that outlive the page, and keeps the rest', async () => {
  const answers: (() => void)[] = []
  const { window, sent, hide } = await visit({
    reply: () => new Promise(resolve => answers.push(() => resolve(new Response(null, { status: 204 })))),
  })
  for (let i = 0; i < 100; i++) window.clicktrail.track('click', { text: 'x'.repeat(1_000) })
  hide()
  const bytes = sent.map(({ body }) => body.length)
  expect(bytes.length).toBeGreaterThan(1)
  expect(bytes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(61_440)
  expect(window.clicktrail.status().queued).toBe(101)
  await expect
    .poll(() => {
      for (const answer of answers.splice(0)) answer()
      return window.clicktrail.status().acknowledged
    })
    .toBe(101)
})

test('sends late events too, those that a page records while it is being left', async () => {
  const { window, events, leave } = await visit()
  window.addEventListener('pagehide', () => window.clicktrail.track('too_late'))
  window.addEventListener('pagehide', () => window.clicktrail.track('in_time'), { capture: true })
  leave()
  expect(events().map(({ action }) => action)).toContain('in_time')
})
