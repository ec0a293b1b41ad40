import { afterEach, expect, test } from 'vitest'
import { type HeldTimers, holdTimers } from './held-timers.ts'
import { endVisits, type Reply, type Visit, visit } from './visit.ts'

afterEach(endVisits)

const status = (code: number, headers: HeadersInit = {}) => new Response(null, { status: code, headers })
const lost = () => new TypeError('Failed to fetch')

function track({ window }: Visit, count: number) {
  for (let i = 0; i < count; i++) window.clicktrail.track('click')
}

/** A page whose timers run when the test says so, and whose Math.random is `random`. */
async function visitWithTimers(reply: Reply, random: number): Promise<Visit & { timers: HeldTimers }> {
  const made: HeldTimers[] = []
  const page = await visit({
    reply,
    before(window) {
      made.push(holdTimers(window))
      window.Math.random = () => random
    },
  })
  const [timers] = made
  if (!timers) throw new Error('the page has not begun')
  return { ...page, timers }
}

test.each([
  ...[408, 425, 429, 500, 502, 503, 504].map(code => [code, () => status(code)] as const),
  ['a lost connection', lost] as const,
])('sends the very same body again after %s, with its age in the query', async (_, first) => {
  const page = await visit({ reply: nth => (nth ? status(204) : first()) })
  track(page, 9)
  await expect.poll(() => page.sent).toHaveLength(2)
  const [once, again] = page.sent
  expect(again?.body).toBe(once?.body)
  const ages = [once, again].map(sent => Number(/^\?age=(\d+)$/.exec(sent?.url.search ?? '')?.[1]))
  expect(ages[1]).toBeGreaterThanOrEqual(ages[0] ?? Number.NaN)
  await expect.poll(() => page.status()).toMatchObject({ kept: [], acknowledged: 10, dropped: {}, blocked: undefined })
})

test('waits as long as Retry-After asks, says so, and keeps what comes meanwhile', async () => {
  const page = await visit({ reply: nth => (nth ? status(204) : status(503, { 'retry-after': '1' })) })
  track(page, 9)
  await expect.poll(() => page.status().blocked).toBe('retry')
  track(page, 20)
  expect(page.sent).toHaveLength(1)
  await expect.poll(() => page.status().acknowledged, { timeout: 3_000 }).toBe(30)
  const again = page.sent.find(({ body }, i) => i && body === page.sent[0]?.body)
  expect(Number(again?.url.searchParams.get('age'))).toBeGreaterThanOrEqual(990)
})

test('waits twice as long after each failure, about a minute at most', async () => {
  const page = await visitWithTimers(lost, 0.5)
  const waits: number[] = []
  for (let tries = 1; tries <= 12; tries++) {
    page.timers.fire()
    await expect.poll(() => page.timers.waits()).toHaveLength(1)
    waits.push(...page.timers.waits())
    expect(page.sent).toHaveLength(tries)
  }
  const doubled = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000]
  expect(waits.map(ms => ms - 99)).toEqual([...doubled, ...Array(6).fill(32_000)])
})

test.each([
  ['5', 7_000],
  ['86400', 86_402_000],
  ['Wed, 21 Oct 2026 07:28:00 GMT', 2_000],
  ['-1', 1_000],
])('adds its own delay to a Retry-After of %s', async (seconds, wait) => {
  const page = await visitWithTimers(() => status(503, { 'retry-after': seconds }), 1)
  page.timers.fire()
  await expect.poll(() => page.timers.waits()).toEqual([wait + 99])
})

test('begins with the shortest wait again once the collector has answered', async () => {
  const page = await visitWithTimers(nth => status(nth % 3 === 2 ? 204 : 503), 0.5)
  const waits: number[] = []
  for (let tries = 0; tries < 5; tries++) {
    page.timers.fire()
    await expect.poll(() => page.timers.waits()).toHaveLength(1)
    waits.push(...page.timers.waits())
    if (tries === 2) {
      page.timers.fire()
      track(page, 1)
    }
  }
  expect(waits.map(ms => ms - 99)).toEqual([1_000, 2_000, 0, 1_000, 2_000])
})

test('keeps to Retry-After also when the page is hidden, shown and flushed again and again', async () => {
  const page = await visit({ reply: () => status(503, { 'retry-after': '60' }) })
  page.window.clicktrail.flush()
  await expect.poll(() => page.status().blocked).toBe('retry')
  for (let i = 0; i < 10; i++) {
    page.hide()
    page.window.clicktrail.flush()
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  expect(page.sent).toHaveLength(1)
})

test('tries one batch alone while the collector fails, and all once it answers', async () => {
  let up = false
  const page = await visitWithTimers(() => status(up ? 204 : 503), 0.5)
  for (let tries = 1; tries <= 4; tries++) {
    page.timers.fire()
    expect(page.sent).toHaveLength(tries)
    await expect.poll(() => page.timers.waits()).toHaveLength(1)
    track(page, 10)
    expect(page.timers.waits()).toHaveLength(1)
  }
  up = true
  await expect
    .poll(() => {
      page.timers.fire()
      return page.status()
    })
    .toMatchObject({ kept: [], acknowledged: 41 })
})

test('lets 1,000 events wait while the collector fails, gives up further ones and reports them', async () => {
  let up = false
  const page = await visit({ reply: () => (up ? status(204) : status(503, { 'retry-after': '1' })) })
  track(page, 9)
  await expect.poll(() => page.status().blocked).toBe('retry')
  track(page, 1_095)
  const { queue, dropped } = page.status()
  expect([queue.length, dropped]).toEqual([1_000, { full: 95 }])
  up = true
  await expect.poll(() => page.status(), { timeout: 5_000 }).toMatchObject({ kept: [], acknowledged: 1_011 })
  const report = page.events().find(({ action }) => action === 'events_dropped')
  expect(report).toMatchObject({ n: 1_011, properties: { full: 95 } })
})

test('does not wait for ever for an answer', async () => {
  const page = await visit({ reply: nth => (nth ? status(204) : new Promise(() => {})) })
  page.window.clicktrail.flush()
  track(page, 1)
  page.window.clicktrail.flush()
  expect(page.sent).toHaveLength(1)
  const now = Date.now()
  page.window.Date.now = () => now + 30_001
  page.window.clicktrail.flush()
  await expect.poll(() => page.events().map(({ n }) => n)).toEqual([1, 2, 1])
})
