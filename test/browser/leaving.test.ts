import { afterEach, expect, test } from 'vitest'
import { endVisits, type Visit, visit } from './visit.ts'

afterEach(endVisits)

const endpoint = `${location.origin}/v1/events`
const unavailable = () => new Response(null, { status: 503, headers: { 'retry-after': '60' } })
const withoutBeacons = (window: Window) => void Object.assign(window.navigator, { sendBeacon: () => false })
const actions = ({ sent }: Visit) => sent.map(({ by, batch }) => `${by}: ${batch.action}`)

/** The fetches as the browser understands them. */
const requests = ({ sent }: Visit) =>
  sent.filter(({ by }) => by === 'fetch').map(({ url, init }) => new Request(url, init))

/** What the browser does as it freezes the page on leaving, or brings it back, without the freezing. */
function turn({ window }: Visit, type: 'pagehide' | 'pageshow', persisted = true) {
  window.dispatchEvent(new PageTransitionEvent(type, { persisted }))
}

test('sends what waits when the page is hidden, by a fetch that outlives it', async () => {
  const page = await visit()
  page.window.clicktrail.track('last')
  page.hide()
  expect(page.events().map(({ action }) => action)).toEqual(['page_view', 'last'])
  expect(requests(page)).toMatchObject([{ method: 'POST', keepalive: true, credentials: 'omit' }])
  expect([...(requests(page)[0]?.headers.keys() ?? [])]).toEqual(['content-type'])
  await expect.poll(() => page.status().acknowledged).toBe(2)
})

test('sends what waits by beacon when the page is left, and keeps nothing', async () => {
  const page = await visit()
  page.window.clicktrail.track('last')
  page.leave()
  expect(page.sent.map(({ by }) => by)).toEqual(['beacon'])
  expect(page.events().map(({ action }) => action)).toEqual(['page_view', 'last'])
  expect(localStorage).toHaveLength(0)
})

test('falls back to a fetch that outlives the page where the browser takes no beacon', async () => {
  const page = await visit({ before: withoutBeacons })
  page.leave()
  expect(actions(page)).toEqual(['fetch: page_view'])
  expect(requests(page)).toMatchObject([{ method: 'POST', keepalive: true }])
})

test('keeps for the next visit what is handed to such a fetch, as nobody hears its answer', async () => {
  const page = await visit({ before: withoutBeacons })
  page.leave()
  const next = await visit()
  next.window.clicktrail.flush()
  await expect.poll(() => next.sent.map(({ body }) => body)).toContain(page.sent[0]?.body)
})

test('sends all batches on leaving, those that wait for their turn too', async () => {
  const page = await visit()
  page.window.clicktrail.track('a')
  page.window.clicktrail.identify('ada')
  page.window.clicktrail.track('b')
  page.window.clicktrail.identify('bob')
  page.window.clicktrail.track('c')
  page.leave()
  expect(actions(page).sort()).toEqual(['beacon: a', 'beacon: b', 'beacon: c'])
  expect(page.events().map(({ n }) => n)).toHaveLength(4)
})

test('sends once more by beacon on leaving what is on its way, as nobody will hear of its answer', async () => {
  const page = await visit({ reply: () => new Promise(() => {}) })
  page.window.clicktrail.flush()
  page.window.clicktrail.track('last')
  page.leave()
  expect(new Set(actions(page))).toEqual(new Set(['fetch: page_view', 'beacon: page_view', 'beacon: last']))
  const [once, again] = page.sent.filter(({ batch }) => batch.action === 'page_view')
  expect(again?.body).toBe(once?.body)
})

test('tries once more on leaving what waits for a retry, and keeps it for the next visit', async () => {
  const page = await visit({ reply: unavailable })
  page.hide()
  await expect.poll(() => page.status().blocked).toBe('retry')
  page.leave()
  expect(new Set(actions(page))).toEqual(new Set(['fetch: page_view', 'beacon: page_view']))
  expect(page.sent[1]?.body).toBe(page.sent[0]?.body)
  expect(page.sent[1]?.url.href).toMatch(new RegExp(`^${endpoint}\\?age=\\d+$`))
  const next = await visit()
  next.window.clicktrail.flush()
  await expect.poll(() => next.sent.map(({ body }) => body)).toContain(page.sent[0]?.body)
})

test('sends late events too, those that the page records while it is being left', async () => {
  const page = await visit()
  page.window.addEventListener('pagehide', () => page.window.clicktrail.track('late'))
  page.window.addEventListener('pagehide', () => page.window.clicktrail.track('later'))
  page.leave()
  expect(actions(page)).toEqual(['beacon: page_view', 'beacon: late', 'beacon: later'])
  expect(page.events().map(({ n }) => n)).toEqual([1, 2, 3])
})

test('hands each batch over once, also where late events follow', async () => {
  const page = await visit({ reply: () => new Promise(() => {}) })
  for (const name of ['ada', 'bob', 'eve']) {
    page.window.clicktrail.track(name)
    page.window.clicktrail.identify(name)
  }
  page.window.clicktrail.flush()
  page.window.addEventListener('pagehide', () => {
    for (let i = 1; i <= 5; i++) page.window.clicktrail.track(`late ${i}`)
  })
  page.leave()
  const beacons = page.sent.filter(({ by }) => by === 'beacon').map(({ body }) => body)
  expect(beacons).toHaveLength(8)
  expect(new Set(beacons).size).toBe(8)
})

test('records a page view when the browser brings the page back, and waits for answers again', async () => {
  const page = await visit()
  turn(page, 'pagehide')
  turn(page, 'pageshow')
  page.window.clicktrail.track('again')
  expect(actions(page)).toEqual(['beacon: page_view'])
  page.hide()
  expect(actions(page)).toEqual(['beacon: page_view', 'fetch: again'])
  expect(page.events().map(({ n, action }) => `${n} ${action}`)).toEqual(['1 page_view', '2 page_view', '3 again'])
  await expect.poll(() => page.status()).toMatchObject({ acknowledged: 2, kept: [] })
})

test('records one page view of a page that is shown for the first time', async () => {
  const page = await visit()
  turn(page, 'pageshow', false)
  page.hide()
  expect(page.events()).toHaveLength(1)
})
