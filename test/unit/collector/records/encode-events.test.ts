import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clampAge, encodeEvents, type RequestFacts } from '../../../../collector/records/encode-events.ts'
import { newTab } from '../../../../collector/records/tab-id.ts'
import { validate } from '../../../../collector/validation/validate.ts'
import { limits, tabPattern } from '../../../../sdk/event.ts'
import { decodeRecord, type EventRecord } from '../../../../topic/record.ts'

const receivedMs = Date.parse('2026-11-21T02:44:48.000Z')
const tab = '0mwpt1nbck9k2j4h6f8d'

function facts(more: Partial<RequestFacts> = {}): RequestFacts {
  const none = { userAgent: undefined, language: undefined, clientIp: undefined, pseudonym: undefined }
  return { receivedMs, ageMs: 0, newTab: newTab(receivedMs), ...none, ...more }
}

function enriched(batch: unknown, more: Partial<RequestFacts> = {}): EventRecord[] {
  const result = validate(Buffer.from(JSON.stringify(batch)))
  if (!result.ok) throw new Error(result.message)
  return encodeEvents(result.batch, facts(more)).map(value => {
    const decoded = decodeRecord(value)
    if (!decoded.ok) throw new Error(decoded.message)
    return decoded.record
  })
}

test('writes all that is known, in ECS names', () => {
  const page = {
    url: 'https://shop.example/cart?x=1',
    referrer: 'https://find.example/',
    title: 'Cart',
    language: 'ko',
  }
  const events = [{ n: 2, ago: 1_877, action: 'color_click', properties: { color: 'red', count: 2, first: true } }]
  const userAgent = { original: 'UA', name: 'Chrome', bot: false }
  const batch = { site: 'example', tab, page, visitor: 'v1', session: 's1', user: 'ada', events }
  expect(
    enriched(batch, { userAgent: JSON.stringify(userAgent), clientIp: '203.0.113.0', pseudonym: 'unused' }),
  ).toEqual([
    {
      '@timestamp': '2026-11-21T02:44:46.123Z',
      event: { id: `${tab}-2`, action: 'color_click', sequence: 2, created: '2026-11-21T02:44:48.000Z' },
      site: 'example',
      tab: { id: tab },
      session: { id: 's1' },
      user: { id: 'v1', name: 'ada' },
      url: { full: 'https://shop.example/cart?x=1', domain: 'shop.example', path: '/cart' },
      page: { title: 'Cart', language: 'ko' },
      http: { request: { referrer: 'https://find.example/' } },
      user_agent: userAgent,
      client: { ip: '203.0.113.0' },
      properties: { color: 'red', count: 2, first: true },
    },
  ])
})

test('writes nothing that is not known', () => {
  const [record] = enriched({ site: 'x', events: [{ action: 'signup', properties: {} }] }, { newTab: tab })
  expect(record).toEqual({
    '@timestamp': '2026-11-21T02:44:48.000Z',
    event: { id: `${tab}-1`, action: 'signup', sequence: 1, created: '2026-11-21T02:44:48.000Z' },
    site: 'x',
    tab: { id: tab },
  })
})

test('takes an event’s own page as a whole instead of the envelope’s', () => {
  const page = { url: 'https://a.example/', title: 'A' }
  const [first, second] = enriched({
    site: 'x',
    page,
    events: [{ action: 'a' }, { action: 'b', page: { url: 'https://b.example/' } }],
  })
  expect(first).toMatchObject({ url: { domain: 'a.example' }, page: { title: 'A' } })
  expect(second?.url?.domain).toBe('b.example')
  expect(second?.page).toBeUndefined()
})

test('writes the language of the request where a page has none, and where there is no page', () => {
  const page = { title: 'A', language: 'ko' }
  const events = [{ action: 'a' }, { action: 'b', page: { title: 'B' } }]
  const records = enriched({ site: 'x', page, events }, { language: 'de' })
  expect(records.map(record => record.page)).toEqual([page, { title: 'B', language: 'de' }])
  expect(enriched({ site: 'x', events: [{ action: 'c' }] }, { language: 'de' })[0]?.page).toEqual({ language: 'de' })
})

test('numbers the events of a batch without a tab without gaps', () => {
  const records = enriched({ site: 'x', events: [{ action: 'a' }, { action: '' }, { action: 'c' }] })
  expect(records.map(record => record.event.sequence)).toEqual([1, 2])
})

test.each([
  [{ visitor: 'v' }, 'p', { id: 'v' }],
  [{}, 'p', { id: 'p' }],
  [{ user: 'ada' }, undefined, { name: 'ada' }],
  [{}, undefined, undefined],
])('of %j and the pseudonym %j makes the user %j', (sent, pseudonym, user) => {
  expect(enriched({ site: 'x', ...sent, events: [{ action: 'a' }] }, { pseudonym })[0]?.user).toEqual(user)
})

describe('an age', () => {
  test.each([
    [0, 0],
    [-5, 0],
    [1.4, 1],
    [limits.ageMs, limits.ageMs],
    [limits.ageMs + 1, limits.ageMs],
    [Number.POSITIVE_INFINITY, limits.ageMs],
    [Number.NEGATIVE_INFINITY, 0],
    [Number.NaN, 0],
  ])('of %d ms counts as %d ms', (sent, counted) => {
    expect(clampAge(sent)).toBe(counted)
  })

  test('is taken off the time of reception, the batch’s and the event’s each clamped', () => {
    const events = [{ action: 'a', ago: 1e12 }]
    const [record] = enriched({ site: 'x', events }, { ageMs: 1e12 })
    expect(record?.['@timestamp']).toBe(new Date(receivedMs - 2 * limits.ageMs).toISOString())
  })
})

test('makes tabs as browsers do, each its own', () => {
  const tabs = Array.from({ length: 1_000 }, () => newTab(receivedMs))
  for (const made of tabs) expect(made).toMatch(tabPattern)
  expect(Number.parseInt(tabs[0]?.slice(0, 9) ?? '', 36)).toBe(receivedMs)
  expect(new Set(tabs).size).toBe(tabs.length)
})

const name = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 40 })
  .filter(text => !text.includes('\0') && text !== '__proto__')
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const page = fc.record(
  {
    url: fc.webUrl({ withQueryParameters: true }),
    referrer: fc.webUrl(),
    title: name,
    language: fc.constantFrom('ko', 'de-CH', ''),
  },
  { requiredKeys: [] },
)
const properties = fc.dictionary(
  name,
  fc.oneof(
    name,
    fc.constant(''),
    fc.integer(),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter(x => Math.abs(x) < 2 ** 53),
  ),
  { maxKeys: limits.properties },
)
const event = fc.record(
  {
    n: fc.integer({ min: 1 }),
    ago: fc.double({ noNaN: true, noDefaultInfinity: true }),
    action: name,
    page,
    properties,
  },
  { requiredKeys: ['n', 'action'] },
)
const batches = fc.record({
  site: name,
  tab: optional(fc.stringMatching(/^[0-9a-z]{16,40}$/)),
  page: optional(page),
  visitor: optional(name),
  session: optional(name),
  user: optional(name),
  events: fc.array(event, { minLength: 1, maxLength: 5 }),
})

test('makes of any valid batch records that every consumer can decode, with the properties as they were sent', () => {
  fc.assert(
    fc.property(batches, fc.double(), (sent, ageMs) => {
      const batch = sent.tab ? sent : { ...sent, events: sent.events.map(({ n: _, ...rest }) => rest) }
      const result = validate(Buffer.from(JSON.stringify(batch)))
      if (!result.ok) throw new Error(result.message)
      expect(result.rejected).toEqual([])
      for (const [at, value] of encodeEvents(result.batch, facts({ ageMs })).entries()) {
        const decoded = decodeRecord(value)
        expect(decoded).toMatchObject({ ok: true })
        const sentProperties = JSON.parse(JSON.stringify(batch.events[at]?.properties ?? {}))
        expect(decoded.ok && (decoded.record.properties ?? {})).toEqual(sentProperties)
      }
    }),
    { numRuns: 300 },
  )
})
