import { afterEach, expect, test } from 'vitest'
import { type HeldTimers, holdTimers } from './held-timers.ts'
import { endVisits, type Reply, type Visit, visit } from './visit.ts'

afterEach(endVisits)

const status = (code: number, headers: HeadersInit = {}) => new Response(null, { status: code, headers })
const maxSilenceMs = 60_000
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

/** Lets time pass until the page sends, and its request be answered; answers what the page waits for then, ms. */
async function waitsAfterTry({ sent, timers }: Visit & { timers: HeldTimers }): Promise<number[]> {
  const before = sent.length
  timers.fire()
  await expect.poll(() => sent).toHaveLength(before + 1)
  await expect.poll(() => timers.waits()).not.toContain(maxSilenceMs)
  return timers.waits()
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
  for (let tries = 1; tries <= 12; tries++) waits.push(...(await waitsAfterTry(page)))
  const doubled = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000]
  expect(waits).toEqual([...doubled, ...Array(6).fill(32_000)])
})

test.each([
  ['5', 7_000],
  ['86400', 86_402_000],
  ['Wed, 21 Oct 2026 07:28:00 GMT', 2_000],
  ['-1', 1_000],
  // A timer of 2^31 ms or more would run at once.
  ['2592000', 592_002_000],
])('adds its own delay to a Retry-After of %s', async (seconds, wait) => {
  const page = await visitWithTimers(() => status(503, { 'retry-after': seconds }), 1)
  expect(await waitsAfterTry(page)).toEqual([wait])
})

test('begins with the shortest wait again once the collector has answered', async () => {
  const page = await visitWithTimers(nth => status(nth % 3 === 2 ? 204 : 503), 0.5)
  const waits: number[] = []
  for (let tries = 0; tries < 5; tries++) {
    waits.push(...(await waitsAfterTry(page)))
    if (tries === 2) {
      page.timers.fire()
      track(page, 1)
    }
  }
  expect(waits).toEqual([1_000, 2_000, 0, 1_000, 2_000])
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
    expect(await waitsAfterTry(page)).toHaveLength(1)
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

test('does not wait for ever for an answer, also where nothing more happens on the page', async () => {
  const page = await visitWithTimers(nth => (nth ? status(204) : new Promise(() => {})), 0.5)
  page.timers.fire()
  expect(page.timers.waits()).toEqual([maxSilenceMs])
  await waitsAfterTry(page)
  expect(page.sent[1]?.body).toBe(page.sent[0]?.body)
  expect(page.status()).toMatchObject({ acknowledged: 1, kept: [] })
})

test('tries again in time also where the clock is set back meanwhile', async () => {
  const page = await visit({ reply: nth => (nth ? status(204) : status(503, { 'retry-after': '1' })) })
  page.window.clicktrail.flush()
  await expect.poll(() => page.status().blocked).toBe('retry')
  const { now } = page.window.Date
  page.window.Date.now = () => now() - 3_600_000
  await expect.poll(() => page.status().acknowledged, { timeout: 3_000 }).toBe(1)
})

test('delivers all others where the collector fails at one batch again and again', async () => {
  const page = await visit({ reply: (_, { body }) => status(body.includes('poison') ? 503 : 204) })
  for (const action of ['a', 'b', 'poison']) {
    page.window.clicktrail.identify(action)
    page.window.clicktrail.track(action)
  }
  page.window.clicktrail.flush()
  await expect
    .poll(() => page.status(), { timeout: 5_000 })
    .toMatchObject({ acknowledged: 3, kept: [expect.stringContaining('poison')] })
})

test('seals what was recorded while the first try after a failure was on its way', async () => {
  let answer = (_: Response) => {}
  const page = await visitWithTimers(
    nth => (nth === 1 ? new Promise(resolve => (answer = resolve)) : status(nth ? 204 : 503)),
    0.5,
  )
  await waitsAfterTry(page)
  page.timers.fire()
  track(page, 1)
  answer(status(204))
  await expect.poll(() => page.status().acknowledged).toBe(1)
  await waitsAfterTry(page)
  expect(page.status()).toMatchObject({ acknowledged: 2, queue: [] })
})
