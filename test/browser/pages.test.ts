import { afterEach, describe, expect, test } from 'vitest'
import { endVisits, type Visit, visit } from './visit.ts'

afterEach(endVisits)

const home = location.href.replace(/[?#].*/, '')

/** All events in the order of their numbers: batches may leave in another one. */
const inOrder = (page: Visit) => page.events().sort((a, b) => a.n - b.n)
const paths = (page: Visit) =>
  inOrder(page).map(({ action, page }) => `${action} ${page.url?.replace(location.origin, '')}`)
const homePath = new URL(home).pathname

describe.each([
  ['the Navigation API', () => undefined],
  ['the history alone', (window: Window) => void Reflect.deleteProperty(window, 'navigation')],
])('by %s', (_, before) => {
  test('records a page view for each route of another path, with the page before as referrer', async () => {
    const page = await visit({ before })
    page.window.history.pushState({}, '', '/shop?q=1')
    page.window.history.replaceState({}, '', '/shop/cart')
    page.window.clicktrail.track('pay')
    page.leave()
    expect(paths(page)).toEqual([`page_view ${homePath}`, 'page_view /shop', 'page_view /shop/cart', 'pay /shop/cart'])
    const referrers = inOrder(page).map(({ page }) => page.referrer)
    expect(referrers.slice(1)).toEqual([home, `${location.origin}/shop`, `${location.origin}/shop`])
  })

  test('records nothing when only query or fragment change', async () => {
    const page = await visit({ before })
    page.window.history.pushState({}, '', '?page=2')
    page.window.history.replaceState({}, '', '#top')
    page.window.location.hash = 'bottom'
    await expect.poll(() => page.window.location.hash).toBe('#bottom')
    page.leave()
    expect(page.events()).toHaveLength(1)
  })

  test('records the way back', async () => {
    const page = await visit({ before })
    page.window.history.pushState({}, '', '/shop')
    page.window.history.pushState({}, '', '/shop/cart')
    page.window.history.back()
    await expect.poll(() => page.window.location.pathname).toBe('/shop')
    await expect.poll(() => page.status().queue.length + page.status().kept.length).toBe(4)
    page.leave()
    expect(paths(page).slice(1)).toEqual(['page_view /shop', 'page_view /shop/cart', 'page_view /shop'])
  })

  test('takes the fragment for the route where the website says so', async () => {
    const page = await visit({ before, tag: 'data-site="example" data-hash="true"' })
    page.window.location.hash = '/shop'
    await expect.poll(() => page.status().queue.length + page.status().kept.length).toBe(2)
    page.window.history.pushState({}, '', '?q=1#/cart')
    page.leave()
    const [, ...routes] = inOrder(page).map(({ page }) => page.url)
    expect(routes).toEqual([`${home}#/shop`, `${home}#/cart`])
  })

  test("leaves the history's own errors to the page", async () => {
    const { window } = await visit({ before })
    expect(() => window.history.pushState({}, '', 'https://elsewhere.example/')).toThrow('pushState')
  })
})

test('gives what was recorded on a page the title of that page, and the next page its own', async () => {
  const page = await visit()
  page.window.clicktrail.track('look')
  page.window.history.pushState({}, '', '/shop')
  page.document.title = 'Shop'
  page.leave()
  const titles = inOrder(page).map(({ action, page }) => [action, page.title])
  expect(titles).toEqual([
    ['page_view', 'A page'],
    ['look', 'A page'],
    ['page_view', 'Shop'],
  ])
})

test('collects those parameters of the query that the website lists, and a change of them is a page view', async () => {
  const page = await visit({ tag: 'data-site="example" data-query="utm_source|ref"' })
  page.window.history.pushState({}, '', '/shop?secret=1&utm_source=news&xref=2&ref=a%26b#top')
  page.window.history.pushState({}, '', '/shop?secret=2&utm_source=news&ref=a%26b')
  page.window.history.pushState({}, '', '/shop?utm_source=mail')
  page.leave()
  const [, ...shop] = paths(page)
  expect(shop).toEqual(['page_view /shop?utm_source=news&ref=a%26b', 'page_view /shop?utm_source=mail'])
})

test('strips the referrer of the first page too', async () => {
  const referrer = 'https://search.example/find?q=private#x'
  const page = await visit({
    before: window => Object.defineProperty(window.document, 'referrer', { value: referrer }),
  })
  page.leave()
  expect(page.events()[0]?.page.referrer).toBe('https://search.example/find')
})

test('records a page view of the same page when the website asks for one', async () => {
  const page = await visit()
  page.window.clicktrail.page()
  page.leave()
  expect(paths(page)).toEqual([`page_view ${homePath}`, `page_view ${homePath}`])
})

test('records a page view when the browser brings the page back, and sends by fetch again', async () => {
  const page = await visit()
  const turn = (type: string) =>
    page.window.dispatchEvent(new page.window.PageTransitionEvent(type, { persisted: true }))
  turn('pagehide')
  expect(page.sent.map(({ by }) => by)).toEqual(['beacon'])
  turn('pageshow')
  page.hide()
  expect(page.sent.map(({ by }) => by)).toEqual(['beacon', 'fetch'])
  expect(inOrder(page).map(({ n, action }) => [n, action])).toEqual([
    [1, 'page_view'],
    [2, 'page_view'],
  ])
})

test('holds everything back while the page is only rendered ahead, and starts when it is shown', async () => {
  let prerendering = true
  const page = await visit({
    before: window => Object.defineProperty(window.document, 'prerendering', { get: () => prerendering }),
  })
  page.window.clicktrail.track('early')
  page.hide()
  expect(page.status()).toMatchObject({ blocked: 'init', kept: [], queue: [{ action: 'early' }] })
  expect([page.sent, Object.keys(localStorage)]).toEqual([[], []])
  prerendering = false
  page.document.dispatchEvent(new page.window.Event('prerenderingchange'))
  page.hide()
  expect(inOrder(page).map(({ action }) => action)).toEqual(['early', 'page_view'])
})

test('sends nothing of a page that was rendered ahead and never shown', async () => {
  const page = await visit({
    before: window => Object.defineProperty(window.document, 'prerendering', { value: true }),
  })
  page.leave()
  expect([page.sent, Object.keys(localStorage)]).toEqual([[], []])
})
