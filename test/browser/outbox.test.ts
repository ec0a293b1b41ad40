import { afterEach, expect, test } from 'vitest'
import { endVisits, visit } from './visit.ts'

afterEach(endVisits)

const now = Date.now()
const dayMs = 86_400_000
const endpoint = `${location.origin}/v1/events`
const unavailable = () => new Response(null, { status: 503, headers: { 'retry-after': '60' } })
const noContent = () => new Response(null, { status: 204 })

/** Keeps a batch of two events in storage, as an earlier visit left it; answers its body. */
function keep(n: number, { agoMs = 60_000, chars = 0, to = endpoint } = {}): string {
  const tab = '0mwpt1nbck9k2j4h6f8d'
  const body = JSON.stringify({ site: 'example', tab, n, action: 'x'.repeat(chars), events: [{}, {}] })
  localStorage.setItem(`${now - agoMs} ${to} 0.${n}`, body)
  return body
}

test('delivers by the next visit what an earlier one could not, byte for byte and with its age', async () => {
  const first = await visit({ reply: unavailable, before: window => Object.assign(window.Math, { random: () => 1 }) })
  first.window.clicktrail.track('click', { color: '가' })
  first.window.clicktrail.flush()
  await expect.poll(() => first.status()).toMatchObject({ kept: [first.sent[0]?.body], blocked: 'retry' })
  first.leave()
  const next = await visit({ before: window => Object.assign(window.Date, { now: () => Date.now() + 60_000 }) })
  next.window.clicktrail.flush()
  await expect.poll(() => next.status()).toMatchObject({ kept: [], acknowledged: 3 })
  const again = next.sent.find(({ body }) => body === first.sent[0]?.body)
  expect(Number(again?.url.searchParams.get('age'))).toBeGreaterThanOrEqual(60_000)
  expect(localStorage).toHaveLength(0)
})

test('delivers an old batch by exactly one of the tabs that are open', async () => {
  const body = keep(1)
  const reply = () => new Promise<Response>(resolve => setTimeout(() => resolve(noContent()), 300))
  const pages = await Promise.all(Array.from({ length: 4 }, () => visit({ reply })))
  for (const { window } of pages) window.clicktrail.flush()
  await expect.poll(() => localStorage.length, { timeout: 5_000 }).toBe(0)
  const deliveries = pages.flatMap(({ sent }) => sent.filter(sent => sent.body === body))
  expect(deliveries).toHaveLength(1)
})

test('leaves old batches to the tab that holds the lock, until it lets go', async () => {
  keep(1)
  let release = () => {}
  const held = navigator.locks.request('clicktrail', () => new Promise<void>(resolve => (release = resolve)))
  const page = await visit()
  page.window.clicktrail.flush()
  await expect.poll(() => page.status().acknowledged).toBe(1)
  await new Promise(resolve => setTimeout(resolve, 300))
  expect(page.status().kept).toHaveLength(1)
  release()
  await held
  await expect.poll(() => page.status(), { timeout: 3_000 }).toMatchObject({ kept: [], acknowledged: 3 })
})

test('lets go of the lock where the collector never answers, so that another tab goes on', async () => {
  const body = keep(1)
  const end = new AbortController()
  const limits: number[] = []
  const stuck = await visit({
    before: window =>
      Object.assign(window.AbortSignal, {
        timeout(ms: number) {
          limits.push(ms)
          return end.signal
        },
      }),
    reply: (_, { init }) =>
      new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(end.signal.reason))),
  })
  stuck.window.clicktrail.identify('ada')
  for (const key of Object.keys(localStorage)) if (localStorage[key] !== body) localStorage.removeItem(key)
  stuck.window.clicktrail.flush()
  await expect.poll(() => stuck.sent.map(sent => sent.body)).toEqual([body])
  const other = await visit()
  other.window.clicktrail.flush()
  await expect.poll(() => other.status().acknowledged).toBe(1)
  await new Promise(resolve => setTimeout(resolve, 300))
  expect(other.status().kept).toEqual([body])
  end.abort()
  await expect.poll(() => other.status(), { timeout: 5_000 }).toMatchObject({ kept: [] })
  expect(limits[0]).toBe(30_000)
})

test.each([
  ['knows no Web Locks', undefined],
  ['refuses them', { request: () => Promise.reject(new DOMException('denied', 'SecurityError')) }],
])('delivers old batches where the browser %s', async (_, locks) => {
  keep(1)
  const page = await visit({ before: window => Object.defineProperty(window.navigator, 'locks', { value: locks }) })
  page.window.clicktrail.flush()
  await expect.poll(() => page.status()).toMatchObject({ kept: [], acknowledged: 3 })
})

test('keeps the 64 newest batches and reports the events of the others', async () => {
  const bodies = Array.from({ length: 70 }, (_, i) => keep(i, { agoMs: 60_000 + i }))
  const page = await visit({ reply: unavailable })
  expect(page.status()).toMatchObject({ kept: bodies.slice(0, 64), dropped: { full: 12 } })
  expect(localStorage).toHaveLength(64)
  page.window.clicktrail.flush()
  expect(page.events().at(-1)).toMatchObject({ action: 'events_dropped', properties: { full: 12 } })
})

test('keeps the newest batches up to the one that crosses 262,144 characters, and counts the events of the others', async () => {
  const bodies = Array.from({ length: 10 }, (_, i) => keep(i, { agoMs: 60_000 + i, chars: 30_000 }))
  const page = await visit()
  expect(page.status()).toMatchObject({ kept: bodies.slice(0, 9), dropped: { full: 2 } })
  expect(localStorage).toHaveLength(9)
})

test('keeps batches for 7 days and counts the events of older ones', async () => {
  keep(1, { agoMs: 7 * dayMs + 1_000 })
  const young = keep(2, { agoMs: 7 * dayMs - 60_000 })
  const page = await visit()
  expect(page.status()).toMatchObject({ kept: [young], dropped: { full: 2 } })
})

test('leaves all that is not its own in storage alone', async () => {
  const cart = { cart: '3', '1763700000000': '{"a":1}', [`${Date.now()} elsewhere 1`]: 'not ours' }
  Object.assign(localStorage, cart)
  keep(1, { to: 'https://stats.example/v1/events' })
  const before = { ...localStorage }
  const page = await visit({ reply: nth => (nth ? noContent() : new Response(null, { status: 400 })) })
  page.window.clicktrail.flush()
  await expect.poll(() => page.status()).toMatchObject({ kept: [], dropped: { http_400: 1 } })
  page.window.clicktrail.optOut()
  page.window.clicktrail.optIn()
  page.window.clicktrail.track('after')
  page.window.clicktrail.flush()
  await expect.poll(() => page.status()).toMatchObject({ kept: [], acknowledged: 2 })
  page.leave()
  localStorage.removeItem('clicktrail')
  expect({ ...localStorage }).toEqual(before)
})

test('delivers from memory where the storage of the origin is full, which stays as it is', async () => {
  let size = 2 ** 24
  for (let i = 0; size >= 1; size /= 2) {
    try {
      localStorage.setItem(`page ${i++}`, 'x'.repeat(size))
    } catch {
      // No room for so much: tries half of it.
    }
  }
  const before = localStorage.length
  const later = () => new Response(null, { status: 503, headers: { 'retry-after': '1' } })
  const page = await visit({ reply: nth => (nth ? noContent() : later()) })
  page.window.clicktrail.flush()
  await expect.poll(() => page.status()).toMatchObject({ blocked: 'retry', kept: [page.sent[0]?.body] })
  expect(localStorage).toHaveLength(before)
  await expect.poll(() => page.status(), { timeout: 3_000 }).toMatchObject({ kept: [], acknowledged: 1 })
  expect(page.sent[1]?.body).toBe(page.sent[0]?.body)
})

test.each([
  [
    'throws',
    () => {
      throw new DOMException('denied', 'SecurityError')
    },
  ],
  ['is null', () => null],
])('delivers from memory where storage %s', async (_, get) => {
  const page = await visit({
    before: window => Object.defineProperty(window, 'localStorage', { get }),
    reply: nth => (nth ? noContent() : unavailable()),
  })
  page.window.clicktrail.track('click')
  page.window.clicktrail.flush()
  await expect.poll(() => page.status()).toMatchObject({ blocked: 'retry', kept: [page.sent[0]?.body] })
  page.window.clicktrail.track('last')
  page.leave()
  expect(new Set(page.sent.map(({ by, batch }) => `${by}: ${batch.n}`))).toEqual(
    new Set(['fetch: 1', 'beacon: 1', 'beacon: 3']),
  )
})

test('delivers 500 events of each of four tabs to a collector that flaps, each at least once', async () => {
  const ids = new Set<string>()
  let requests = 0
  const pages = await Promise.all(
    Array.from({ length: 4 }, () =>
      visit({
        async reply(_, { batch }) {
          const nth = requests++
          await new Promise(resolve => setTimeout(resolve, nth % 7))
          // The flapping collector stores the batch of some requests whose answer gets lost.
          if (nth % 3 !== 1) for (let i = 0; i < batch.events.length; i++) ids.add(`${batch.tab}-${(batch.n ?? 0) + i}`)
          if (nth % 3 === 2) return new TypeError('Failed to fetch')
          return nth % 3 ? new Response(null, { status: 503 }) : noContent()
        },
      }),
    ),
  )
  for (let i = 1; i <= 499; i++) {
    for (const { window } of pages) window.clicktrail.track('click')
    if (i % 50 === 0) await new Promise(resolve => setTimeout(resolve, 20))
  }
  await expect
    .poll(() => [ids.size, localStorage.length, ...pages.map(page => page.status().queue.length)], { timeout: 20_000 })
    .toEqual([2_000, 0, 0, 0, 0, 0])
  const tabs = pages.map(page => page.status().tab)
  const expected = tabs.flatMap(tab => Array.from({ length: 500 }, (_, i) => `${tab}-${i + 1}`))
  expect([...ids].sort()).toEqual(expected.sort())
})

test('sends one batch at a time, also while an old one is on its way', async () => {
  let open = 0
  let most = 0
  const body = JSON.stringify({ site: 'example', tab: '0mwpt1nbck9k2j4h6f8d', n: 1, action: 'a', events: [{}] })
  localStorage.setItem(`${Date.now() - 60_000} ${endpoint} 0.1`, body)
  const page = await visit({
    async reply() {
      most = Math.max(most, ++open)
      await new Promise(resolve => setTimeout(resolve, 300))
      open--
      return noContent()
    },
  })
  page.window.clicktrail.flush()
  await expect.poll(() => page.sent.map(sent => sent.body)).toContain(body)
  page.window.clicktrail.track('click')
  page.window.clicktrail.flush()
  await expect.poll(() => page.status()).toMatchObject({ kept: [] })
  expect(most).toBe(1)
})

test('gives up an event that no body can carry, and goes on', async () => {
  const page = await visit({
    reply: (_, { body }) => (new Blob([body]).size > 65_536 ? new TypeError('Failed to fetch') : noContent()),
  })
  const texts = Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`p${i}`, '가'.repeat(1_024)]))
  page.window.clicktrail.track('monster', texts)
  for (let i = 0; i < 8; i++) page.window.clicktrail.track('click')
  await expect.poll(() => page.status(), { timeout: 4_000 }).toMatchObject({ acknowledged: 9, kept: [] })
  expect(Object.values(page.status().dropped)).toEqual([1])
})
