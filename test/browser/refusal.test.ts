import { afterEach, expect, test } from 'vitest'
import { endVisits, visit } from './visit.ts'

afterEach(endVisits)

const withGpc = (window: Window) => Object.defineProperty(window.navigator, 'globalPrivacyControl', { value: true })

test('collects nothing under Global Privacy Control, even after optIn()', async () => {
  const { window, sent, hide, leave } = await visit({ before: withGpc })
  window.clicktrail.optIn()
  window.clicktrail.track('click')
  hide()
  expect(window.clicktrail.status()).toMatchObject({ blocked: 'global_privacy_control', queued: 0, recent: [] })
  leave()
  expect(sent).toEqual([])
})

test('forgets what is held on optOut() and collects nothing more', async () => {
  const { window, sent, hide, leave } = await visit()
  window.clicktrail.optOut()
  window.clicktrail.track('click')
  hide()
  expect(window.clicktrail.status()).toMatchObject({ blocked: 'opted_out', queued: 0, recent: [] })
  leave()
  expect(sent).toEqual([])
})

test('keeps the choice for the next page, until optIn()', async () => {
  const first = await visit()
  first.window.clicktrail.optOut()
  first.leave()
  const { window, sent, events, hide } = await visit()
  hide()
  expect(sent).toEqual([])
  window.clicktrail.track('refused')
  window.clicktrail.optIn()
  window.clicktrail.track('allowed')
  hide()
  expect(events().map(({ n, action }) => [n, action])).toEqual([[1, 'allowed']])
})

test('gives up a retry on optOut()', async () => {
  const { window, sent, hide } = await visit({
    reply: () => new Response(null, { status: 503, headers: { 'retry-after': '1' } }),
  })
  hide()
  await expect.poll(() => window.clicktrail.status().blocked).toBe('retrying')
  window.clicktrail.optOut()
  await new Promise(resolve => setTimeout(resolve, 1_200))
  expect(sent).toHaveLength(1)
})

test('keeps the choice for the page where storage throws', async () => {
  const { window, sent, hide } = await visit({
    before: window =>
      Object.defineProperty(window, 'localStorage', {
        get() {
          throw new DOMException('denied', 'SecurityError')
        },
      }),
  })
  window.clicktrail.optOut()
  window.clicktrail.track('click')
  hide()
  expect(sent).toEqual([])
  expect(window.clicktrail.status().blocked).toBe('opted_out')
  window.clicktrail.optIn()
  window.clicktrail.track('click')
  hide()
  expect(sent).toHaveLength(1)
})

test('stores nothing while the visitor has chosen nothing', async () => {
  const { hide } = await visit()
  hide()
  expect(localStorage).toHaveLength(0)
})
