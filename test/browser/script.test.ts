import { afterEach, expect, test } from 'vitest'
import { tabPattern } from '../../sdk/event.ts'
import { endVisits, visit } from './visit.ts'

afterEach(endVisits)

test('sends a page view of the load within 2 s, in the form of the contract', async () => {
  const { sent, window } = await visit()
  await expect.poll(() => sent, { timeout: 3_000 }).toHaveLength(1)
  const [request] = sent
  expect(request?.url.href).toBe(`${location.origin}/v1/events`)
  expect(request?.batch).toMatchObject({
    site: 'example',
    tab: expect.stringMatching(tabPattern),
    page: { url: location.href.replace(/[?#].*/, ''), title: 'A page', language: navigator.language },
    events: [{ n: 1, ago: expect.any(Number), action: 'page_view' }],
  })
  expect(request?.batch.events[0]?.ago).toBeGreaterThan(1_500)
  expect(request?.init.headers).toBeUndefined()
  await expect.poll(() => window.clicktrail.status()).toMatchObject({ queued: 0, sent: 1, acknowledged: 1 })
})

test('makes what the stub had queued its own, and later pushes too', async () => {
  const { window, events, sent, hide } = await visit({
    before: window =>
      Object.assign(window, { clicktrail: { q: [['identify', 'ada'], ['track', 'early', { a: 1 }], ['nonsense']] } }),
  })
  window.clicktrail.q?.push(['track', 'late'])
  hide()
  expect(events().map(({ action }) => action)).toEqual(['page_view', 'early', 'late'])
  expect(sent.map(({ batch }) => batch.user)).toEqual([undefined, 'ada'])
})

test('posts to data-endpoint, keeping its query', async () => {
  const { sent, hide } = await visit({ tag: 'data-site="shop" data-endpoint="https://stats.example/in?key=1"' })
  hide()
  expect(sent[0]?.url.href).toBe('https://stats.example/in?key=1')
  expect(sent[0]?.batch.site).toBe('shop')
})

test('sends nothing without a site and says why, until init', async () => {
  const { window, sent, events, hide } = await visit({ tag: '' })
  window.clicktrail.track('early')
  hide()
  expect(sent).toEqual([])
  expect(window.clicktrail.status()).toMatchObject({ blocked: 'not_initialised', queued: 1 })
  window.clicktrail.init({ site: 'late', pageViews: false })
  window.clicktrail.init({ site: 'later' })
  hide()
  expect(sent[0]?.batch.site).toBe('late')
  expect(events().map(({ action }) => action)).toEqual(['early'])
})

test('gives the name that identify() was given to all events after it, in batches of their own', async () => {
  const { window, sent, hide } = await visit()
  for (const name of ['ada', 'ada', 'bob', '']) {
    window.clicktrail.identify(name)
    window.clicktrail.track('click')
  }
  hide()
  const names = sent.map(({ batch }) => [batch.user, batch.events.map(({ n }) => n)])
  expect(names).toEqual([
    [undefined, [1]],
    ['ada', [2, 3]],
    ['bob', [4]],
    [undefined, [5]],
  ])
})

test('tells of each recent event under which id it lands and how far it is', async () => {
  const { window, sent } = await visit({ reply: nth => new Response(null, { status: nth ? 204 : 400 }) })
  await expect.poll(() => sent, { timeout: 3_000 }).toHaveLength(1)
  window.clicktrail.track('click', { color: 'red' })
  const { tab, recent } = window.clicktrail.status()
  expect(recent).toEqual([
    { id: `${tab}-1`, action: 'page_view', state: 'dropped' },
    { id: `${tab}-2`, action: 'click', state: 'queued', properties: { color: 'red' } },
  ])
  for (let i = 0; i < 30; i++) window.clicktrail.track('more')
  await expect
    .poll(() => window.clicktrail.status().recent.map(({ state }) => state))
    .toEqual(Array(20).fill('acknowledged'))
})

test('begins a new tab and counts from 1 after 24 hours', async () => {
  const { window, sent, hide } = await visit()
  const now = Date.now()
  window.Date.now = () => now + 86_400_001
  window.clicktrail.track('next_day')
  hide()
  const tabs = sent.map(({ batch }) => batch.tab)
  expect(new Set(tabs).size).toBe(2)
  expect(sent.map(({ batch }) => batch.events[0]?.n)).toEqual([1, 1])
})
