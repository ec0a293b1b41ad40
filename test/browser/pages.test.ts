import { afterEach, expect, test } from 'vitest'
import { endVisits, visit } from './visit.ts'

const home = location.href
afterEach(() => {
  history.replaceState(null, '', home)
  endVisits()
})

test('records a page view for each route of another path, with the page before as referrer', async () => {
  const { window, document, events, hide } = await visit()
  window.history.pushState({}, '', '/shop?q=1')
  document.title = 'Shop'
  window.history.replaceState({}, '', '/shop/cart')
  document.title = 'Cart'
  window.clicktrail.track('pay')
  hide()
  const views = events().map(({ action, page }) => [action, new URL(page.url ?? '').pathname, page.referrer])
  const before = home.replace(/[?#].*/, '')
  expect(views.map(([action, path]) => [action, path])).toEqual([
    ['page_view', new URL(home).pathname],
    ['page_view', '/shop'],
    ['page_view', '/shop/cart'],
    ['pay', '/shop/cart'],
  ])
  expect(views[1]?.[2]).toBe(before)
  expect(views[2]?.[2]).toBe(`${location.origin}/shop`)
  expect(events().map(({ page }) => page.title)).toEqual(['A page', 'Shop', 'Cart', 'Cart'])
})

test('records nothing when only query or fragment change', async () => {
  const { window, events, hide } = await visit()
  window.history.pushState({}, '', '?page=2')
  window.history.pushState({}, '', '#top')
  hide()
  expect(events()).toHaveLength(1)
})

test('records the way back', async () => {
  const { window, events, hide } = await visit()
  window.history.pushState({}, '', '/shop')
  // A frame that was written into can't be traversed: the browser's own steps, without our hook.
  window.History.prototype.replaceState.call(window.history, {}, '', home)
  window.dispatchEvent(new window.PopStateEvent('popstate'))
  hide()
  const paths = events().map(({ page }) => new URL(page.url ?? '').pathname)
  expect(paths).toEqual([new URL(home).pathname, '/shop', new URL(home).pathname])
})

test("leaves the history's own errors to the page", async () => {
  const { window } = await visit()
  expect(() => window.history.pushState({}, '', 'https://elsewhere.example/')).toThrow('pushState')
})

test('sends no half characters, neither the page’s own nor of its own cuts', async () => {
  const { window, document, sent, events, hide } = await visit()
  document.title = 'A fine title \ud83d'
  window.clicktrail.identify(`${'u'.repeat(127)}\u{1f600}`)
  window.clicktrail.track(`${'a'.repeat(127)}\u{1f600}`)
  hide()
  expect(sent.map(({ body }) => body).join()).not.toMatch(/\\u(d[89a-f]|0000)/)
  expect(events().at(-1)).toMatchObject({ action: `${'a'.repeat(127)}\ufffd`, page: { title: 'A fine title \ufffd' } })
  expect(sent.at(-1)?.batch.user).toBe(`${'u'.repeat(127)}\ufffd`)
})
