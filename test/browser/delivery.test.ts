import { afterEach, expect, test } from 'vitest'
import { type HeldTimers, holdTimers } from './held-timers.ts'
import { endVisits, type Reply, type Sent, type Visit, visit, wholeEvents } from './visit.ts'

afterEach(endVisits)

const status = (code: number) => new Response(null, { status: code })
const refuseFirst = (code: number): Reply => {
  return nth => status(nth ? 204 : code)
}

function track({ window }: Visit, count: number, properties?: Record<string, string>) {
  for (let i = 0; i < count; i++) window.clicktrail.track('click', properties)
}

const sizes = ({ sent }: Visit) => sent.map(({ batch }) => batch.events.length)
const numbers = (page: Visit) =>
  page
    .events()
    .map(({ n }) => n)
    .sort((a, b) => a - b)
const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1)

test('sends ten events at once, and fewer 2 s after the first', async () => {
  let timers: HeldTimers | undefined
  const page = await visit({
    before(window) {
      timers = holdTimers(window)
    },
  })
  expect(timers?.waits()).toEqual([2_000])
  track(page, 8)
  expect(timers?.waits()).toEqual([2_000])
  track(page, 1)
  expect(timers?.waits()).toEqual([0])
  expect(page.sent).toHaveLength(0)
  timers?.fire()
  expect(sizes(page)).toEqual([10])
})

test('makes one batch of all that is recorded while a request is on its way', async () => {
  let answer = (_: Response) => {}
  const page = await visit({ reply: nth => (nth ? status(204) : new Promise(resolve => (answer = resolve))) })
  page.window.clicktrail.flush()
  track(page, 50)
  // Later than a batch of ten would be sealed.
  await new Promise(resolve => setTimeout(resolve, 50))
  expect(page.status()).toMatchObject({ kept: { length: 1 }, queue: { length: 50 } })
  answer(status(204))
  await expect.poll(() => page.status().acknowledged, { timeout: 4_000 }).toBe(51)
  expect(sizes(page)).toEqual([1, 50])
})

test('seals after 2 s also while a request is on its way', async () => {
  const page = await visit({ reply: () => new Promise(() => {}) })
  page.window.clicktrail.flush()
  track(page, 3)
  await expect.poll(() => page.status(), { timeout: 4_000 }).toMatchObject({ kept: { length: 2 }, queue: [] })
  expect(page.sent).toHaveLength(1)
})

test('sends what waits on flush(), at once', async () => {
  const page = await visit()
  page.window.clicktrail.flush()
  expect(page.events()).toMatchObject([{ n: 1, action: 'page_view' }])
})

test('sends events of two pages in batches of their own', async () => {
  const home = location.href
  const page = await visit()
  track(page, 1)
  page.window.history.pushState({}, '', '/shop')
  track(page, 1)
  page.window.clicktrail.flush()
  await expect.poll(() => page.status()).toMatchObject({ acknowledged: 4 })
  const paths = page.events().map(({ n, page }) => `${n} ${new URL(page.url ?? '').pathname}`)
  expect(paths.sort()).toEqual(['1 /', '2 /', '3 /shop', '4 /shop'])
  history.replaceState(null, '', home)
})

test('numbers events 1, 2, 3 … without gaps over many batches, one request at a time', async () => {
  let open = 0
  let most = 0
  const page = await visit({
    reply: async () => {
      most = Math.max(most, ++open)
      await new Promise(resolve => setTimeout(resolve, 5))
      open--
      return status(204)
    },
  })
  for (let i = 0; i < 25; i++) {
    track(page, 10)
    if (i % 5) page.hide()
    else page.window.clicktrail.flush()
    await new Promise(resolve => setTimeout(resolve, 2))
  }
  await expect.poll(() => page.status().acknowledged, { timeout: 8_000 }).toBe(251)
  expect(numbers(page)).toEqual(upTo(251))
  expect(most).toBe(1)
})

test.each([200, 202, 204])('forgets a batch on %i', async code => {
  const page = await visit({ reply: () => status(code) })
  track(page, 9)
  await expect.poll(() => page.status()).toMatchObject({ acknowledged: 10, kept: [], dropped: {}, blocked: undefined })
  expect(localStorage).toHaveLength(0)
})

test('counts the events that the collector refused out of a batch', async () => {
  const answer = { accepted: 9, rejected: [{ index: 3, n: 4, reason: 'properties.x is nested' }] }
  const page = await visit({ reply: nth => (nth ? status(204) : Response.json(answer)) })
  track(page, 9)
  await expect.poll(() => page.status()).toMatchObject({ acknowledged: 9, kept: [], dropped: { rejected: 1 } })
})

test.each([400, 401, 403, 404, 405, 415])('drops on %i at once and reports it in the next batch', async code => {
  const page = await visit({ reply: refuseFirst(code) })
  track(page, 9)
  await expect.poll(() => page.status()).toMatchObject({ dropped: { [`http_${code}`]: 10 }, kept: [] })
  track(page, 10)
  await expect.poll(() => page.sent).toHaveLength(2)
  const report = page.events().at(-1)
  expect(report).toMatchObject({ n: 21, action: 'events_dropped', properties: { [`http_${code}`]: 10 } })
  expect(page.status().dropped).toEqual({})
  expect(numbers(page)).toEqual(upTo(21))
})

test('halves a batch that is too large for the collector until it fits, each event as it was', async () => {
  const page = await visit({ reply: (_, { batch }) => status(batch.events.length > 3 ? 413 : 204) })
  for (const action of ['a', 'b', 'b', 'c', 'd', 'b', 'b', 'e', 'b']) page.window.clicktrail.track(action)
  await expect.poll(() => page.status(), { timeout: 4_000 }).toMatchObject({ kept: [], acknowledged: 10, dropped: {} })
  expect(sizes(page).sort()).toEqual([10, 2, 2, 3, 3, 5, 5])
  const arrived = page.sent.filter(({ batch }) => batch.events.length <= 3).flatMap(({ batch }) => wholeEvents(batch))
  const actions = arrived.sort((a, b) => a.n - b.n).map(({ n, action }) => `${n} ${action}`)
  expect(actions.join()).toBe('1 page_view,2 a,3 b,4 b,5 c,6 d,7 b,8 b,9 e,10 b')
})

test('halves a half again while another batch waits, and loses nothing', async () => {
  let failed = false
  const page = await visit({
    reply(_, { batch }) {
      // One half waits for its next try while the other is halved again.
      if (batch.n === 55 && !failed) {
        failed = true
        return status(503)
      }
      return status(batch.events.length > 10 ? 413 : 204)
    },
  })
  track(page, 3)
  page.window.clicktrail.flush()
  await expect.poll(() => page.status().acknowledged).toBe(4)
  track(page, 100)
  await expect.poll(() => page.status(), { timeout: 8_000 }).toMatchObject({ kept: [], queue: [], dropped: {} })
  const arrived = page.sent.filter(({ batch }) => batch.events.length <= 10).flatMap(({ batch }) => wholeEvents(batch))
  expect([...new Set(arrived.map(({ n }) => n))].sort((a, b) => a - b)).toEqual(upTo(104))
})

test('gives up a single event that is too large for the collector', async () => {
  const page = await visit({ reply: (_, { body }) => status(body.includes('huge') ? 413 : 204) })
  page.window.clicktrail.track('huge')
  track(page, 8)
  await expect
    .poll(() => page.status(), { timeout: 4_000 })
    .toMatchObject({ acknowledged: 9, kept: [], dropped: { http_413: 1 } })
})

test.each(['x', '가'])('halves what the browser refuses as too large: a batch of %s', async letter => {
  const bytes = ({ body }: Sent) => new Blob([body]).size
  const page = await visit({
    // The browser's own fetch, which refuses the body: its limit is 64 KiB of UTF-8 for requests that outlive the page.
    reply: (_, sent) => (bytes(sent) > 65_536 ? fetch(sent.url, sent.init) : status(204)),
  })
  track(page, 99, { text: letter.repeat(1_000) })
  await expect.poll(() => page.status(), { timeout: 4_000 }).toMatchObject({ acknowledged: 100, kept: [], dropped: {} })
  expect(Math.max(...page.sent.map(bytes))).toBeGreaterThan(65_536)
  const fitting = page.sent.filter(sent => bytes(sent) <= 65_536).flatMap(({ batch }) => wholeEvents(batch))
  expect(fitting.map(({ n }) => n).sort((a, b) => a - b)).toEqual(upTo(100))
})

test('begins a new tab and counts from 1 after 24 hours', async () => {
  const page = await visit()
  page.window.clicktrail.flush()
  await expect.poll(() => page.status().acknowledged).toBe(1)
  const now = Date.now()
  page.window.Date.now = () => now + 86_400_001
  track(page, 2)
  page.window.clicktrail.flush()
  expect(new Set(page.sent.map(({ batch }) => batch.tab)).size).toBe(2)
  expect(page.events().map(({ n }) => n)).toEqual([1, 1, 2])
})
