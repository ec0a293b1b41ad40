import { afterEach, expect, test } from 'vitest'
import { endVisits, type Reply, type Visit, visit } from './visit.ts'

afterEach(endVisits)

const status = (code: number, headers: HeadersInit = {}) => new Response(null, { status: code, headers })
const firstThen = (first: () => ReturnType<Reply>, code = 204): Reply => {
  return nth => (nth ? status(code) : first())
}

function track({ window }: Visit, count: number, properties?: Record<string, string>) {
  for (let i = 0; i < count; i++) window.clicktrail.track('click', properties)
}

const sizes = ({ sent }: Visit) => sent.map(({ batch }) => batch.events.length)
const numbers = (page: Visit) => page.events().map(({ n }) => n)

test('sends ten events at once, without waiting', async () => {
  const page = await visit()
  track(page, 8)
  await new Promise(resolve => page.window.setTimeout(resolve, 100))
  expect(page.sent).toHaveLength(0)
  track(page, 1)
  await expect.poll(() => sizes(page), { timeout: 500 }).toEqual([10])
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
    await new Promise(resolve => setTimeout(resolve, 2))
  }
  await expect.poll(() => page.window.clicktrail.status().acknowledged, { timeout: 5_000 }).toBe(251)
  expect(numbers(page)).toEqual(Array.from({ length: 251 }, (_, i) => i + 1))
  expect(most).toBe(1)
})

test.each([
  ['503', () => status(503)],
  ['429', () => status(429)],
  ['a lost connection', () => new TypeError('Failed to fetch')],
])('sends the very same body again after %s, with its age in the query', async (_, first) => {
  const page = await visit({ reply: firstThen(first) })
  track(page, 9)
  await expect.poll(() => page.sent).toHaveLength(2)
  const [once, again] = page.sent
  expect(again?.body).toBe(once?.body)
  expect(once?.url.search).toBe('')
  expect(again?.url.search).toMatch(/^\?age=\d+$/)
  await expect.poll(() => page.window.clicktrail.status()).toMatchObject({ queued: 0, sent: 10, acknowledged: 10 })
})

test('waits as long as Retry-After asks, says so, and keeps what comes meanwhile', async () => {
  const page = await visit({ reply: firstThen(() => status(503, { 'retry-after': '1' })) })
  track(page, 9)
  await expect.poll(() => page.window.clicktrail.status().blocked).toBe('retrying')
  track(page, 20)
  expect(page.sent).toHaveLength(1)
  await expect.poll(() => sizes(page), { timeout: 3_000 }).toEqual([10, 10, 20])
  expect(Number(page.sent[1]?.url.searchParams.get('age'))).toBeGreaterThanOrEqual(990)
})

test.each([
  ['503', () => status(503, { 'retry-after': '60' })],
  ['a lost connection', () => new TypeError('Failed to fetch')],
])('sends only what is new when the page is hidden again and again after %s', async (_, reply) => {
  const page = await visit({ before: window => Object.assign(window.Math, { random: () => 1 }), reply })
  track(page, 9)
  await expect.poll(() => page.window.clicktrail.status().blocked).toBe('retrying')
  for (let i = 0; i < 50; i++) {
    page.hide()
    // Lets the answer come.
    await new Promise(resolve => setTimeout(resolve, 2))
  }
  expect(sizes(page)).toEqual([10])
  track(page, 2)
  page.hide()
  expect(sizes(page)).toEqual([10, 2])
})

test('halves a batch that is too large for the collector until it fits', async () => {
  const page = await visit({ reply: (_, { batch }) => status(batch.events.length > 3 ? 413 : 204) })
  track(page, 9)
  await expect
    .poll(() => page.window.clicktrail.status(), { timeout: 4_000 })
    .toMatchObject({ queued: 0, acknowledged: 10, dropped: {} })
  expect(sizes(page).slice(0, 3)).toEqual([10, 5, 2])
  const arrived = page.sent.filter(({ batch }) => batch.events.length <= 3).flatMap(({ batch }) => batch.events)
  expect(arrived.map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
})

test('gives up a single event that is too large for the collector', async () => {
  const page = await visit({ reply: (_, { body }) => status(body.includes('huge') ? 413 : 204) })
  page.window.clicktrail.track('huge')
  track(page, 8)
  await expect
    .poll(() => page.window.clicktrail.status(), { timeout: 4_000 })
    .toMatchObject({ acknowledged: 10, dropped: { http_413: 1 } })
})

test.each([400, 401, 403, 404, 405, 415])('drops on %i at once and reports it in the next batch', async code => {
  const page = await visit({ reply: firstThen(() => status(code)) })
  track(page, 9)
  await expect.poll(() => page.window.clicktrail.status().dropped).toEqual({ [`http_${code}`]: 10 })
  track(page, 10)
  await expect.poll(() => page.sent).toHaveLength(2)
  const report = page.events().at(-1)
  expect(report).toMatchObject({ n: 21, action: 'events_dropped', properties: { [`http_${code}`]: 10 } })
})

test('reports again what a refused report had told', async () => {
  const page = await visit({ reply: nth => status(nth < 2 ? 400 : 204) })
  for (const total of [10, 21]) {
    track(page, total === 10 ? 9 : 10)
    await expect.poll(() => page.window.clicktrail.status().dropped).toEqual({ http_400: total })
  }
  page.hide()
  expect(page.events().at(-1)).toMatchObject({ action: 'events_dropped', properties: { http_400: 21 } })
})

test('counts the events that the collector refused out of a batch', async () => {
  const answer = { accepted: 9, rejected: [{ index: 3, n: 4, reason: 'properties.x is nested' }] }
  const page = await visit({ reply: firstThen(() => Response.json(answer)) })
  track(page, 9)
  await expect.poll(() => page.window.clicktrail.status()).toMatchObject({ acknowledged: 9, dropped: { rejected: 1 } })
  expect(
    page.window.clicktrail
      .status()
      .recent.map(({ state }) => state)
      .indexOf('dropped'),
  ).toBe(3)
})

test('keeps bodies within 48 KB of UTF-8', async () => {
  const page = await visit()
  track(page, 60, { text: '가'.repeat(1_024) })
  await expect.poll(() => page.window.clicktrail.status().acknowledged).toBe(61)
  expect(Math.max(...page.sent.map(({ body }) => new Blob([body]).size))).toBeLessThanOrEqual(49_152)
  expect(numbers(page)).toEqual(Array.from({ length: 61 }, (_, i) => i + 1))
})

test('drops an event that no body can carry, and goes on', async () => {
  const page = await visit()
  const texts = Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`p${i}`, '가'.repeat(1_024)]))
  page.window.clicktrail.track('monster', texts)
  track(page, 8)
  await expect
    .poll(() => page.window.clicktrail.status(), { timeout: 4_000 })
    .toMatchObject({ acknowledged: 9, dropped: { too_large: 1 } })
})

test('holds at most 1,000 events while the collector is away; drops the oldest and reports them', async () => {
  let away = true
  const page = await visit({ reply: () => (away ? status(503, { 'retry-after': '1' }) : status(204)) })
  track(page, 9)
  await expect.poll(() => page.window.clicktrail.status().blocked).toBe('retrying')
  track(page, 1_095)
  const { queued, dropped } = page.window.clicktrail.status()
  expect([queued, dropped]).toEqual([1_000, { queue_full: 105 }])
  away = false
  await expect
    .poll(() => page.window.clicktrail.status(), { timeout: 5_000 })
    .toMatchObject({ queued: 0, acknowledged: 1_001 })
  const report = page.events().find(({ action }) => action === 'events_dropped')
  expect(report).toMatchObject({ n: 1_106, properties: { queue_full: 105 } })
  expect(page.sent[1]?.batch.events[0]?.n).toBe(106)
})
