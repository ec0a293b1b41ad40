import { pino } from 'pino'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type CollectorOptions, createCollector } from '../../../collector/collector.ts'
import { type Listening, listen } from '../../../collector/http/listen.ts'
import { limits } from '../../../sdk/event.ts'
import { partitionOf } from '../../../topic/partition-of.ts'
import { decodeRecord } from '../../../topic/record.ts'
import { TopicError } from '../../../topic/topic.ts'
import { createFakeTopicWriter, type FakeTopicWriterOptions } from '../../support/fake-topic-writer.ts'

const tab = '0mwpt1nbck9k2j4h6f8d'
const patience = { timeout: 10_000 }
const open: Listening[] = []
const valid = '{"site":"x","events":[{"action":"signup"}]}'

afterEach(async () => {
  await Promise.all(open.splice(0).map(listening => listening.close()))
})

function setUp(options: Partial<CollectorOptions> = {}, fake: FakeTopicWriterOptions = {}) {
  const writer = createFakeTopicWriter(fake)
  const logger = pino({ level: 'silent' })
  const collector = createCollector({ writer, script: Buffer.from('script'), logger, ...options })
  let listening: Promise<Listening> | undefined
  async function request(target: string, init: RequestInit = {}) {
    listening ??= listen({
      app: collector.app,
      direct: collector.events,
      host: '127.0.0.1',
      port: 0,
      logger,
      closeTimeoutMs: 100,
    })
    const { url } = await listening
    if (open.every(other => other.url !== url)) open.push(await listening)
    return fetch(`${url}${target}`, init)
  }
  const post = (body: string | ReadableStream, headers: Record<string, string> = {}, query = '') =>
    request(`/v1/events${query}`, {
      method: 'POST',
      headers: { 'Content-Type': 'text/plain', ...headers },
      body,
      duplex: 'half',
    })
  const records = () =>
    writer.values.map(value => {
      const decoded = decodeRecord(value)
      if (!decoded.ok) throw new Error(decoded.message)
      return decoded.record
    })
  return { writer, logger, collector, request, post, records }
}

async function errorOf(response: Response): Promise<unknown> {
  const body: unknown = await response.json()
  return typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined
}

describe('the answer is', () => {
  test.each(['text/plain', 'application/json'])('204 when every event of %s is acknowledged', async type => {
    const { post, records } = setUp()
    const response = await post(valid, { 'Content-Type': type })
    expect(response.status).toBe(204)
    expect(await response.text()).toBe('')
    expect(records()).toMatchObject([{ site: 'x', event: { action: 'signup', sequence: 1 } }])
  })

  test('given only after the acknowledgement', async () => {
    let acknowledge = () => {}
    const onAppend = () =>
      new Promise<void>(resolve => {
        acknowledge = resolve
      })
    const { writer, post } = setUp({}, { onAppend })
    const answered = vi.fn()
    const response = post(valid).then(answered)
    await vi.waitUntil(() => writer.appends.length === 1, patience)
    await new Promise(setImmediate)
    expect(answered).not.toHaveBeenCalled()
    acknowledge()
    await response
  })

  test('200 with what was rejected when the rest is acknowledged', async () => {
    const { post, records } = setUp()
    const deep = { properties: { deep: {} } }
    const events = [{}, { n: 9, action: 'b', ...deep }, deep, { action: 'c' }]
    const response = await post(JSON.stringify({ site: 'x', tab, n: 3, action: 'a', events }))
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      accepted: 2,
      rejected: [
        { index: 1, n: 9, reason: 'properties.deep is an object: only strings, numbers and booleans are taken' },
        { index: 2, n: 5, reason: 'properties.deep is an object: only strings, numbers and booleans are taken' },
      ],
    })
    expect(records().map(record => record.event.id)).toEqual([`${tab}-3`, `${tab}-6`])
  })

  test('200 without any append when every event is rejected', async () => {
    const { writer, post } = setUp()
    const response = await post('{"site":"x","events":[{}]}')
    expect(await response.json()).toMatchObject({ accepted: 0, rejected: [{ index: 0 }] })
    expect(writer.appends).toEqual([])
  })

  test('200 with the event that is larger than the topic takes', async () => {
    const { post, records } = setUp({}, { maxRecordBytes: 600 })
    const events = [{}, { action: 'big', properties: { x: 'v'.repeat(600) } }, { action: 'small' }, { action: '' }]
    const response = await post(JSON.stringify({ site: 'x', events }))
    expect(await response.json()).toEqual({
      accepted: 1,
      rejected: [
        { index: 0, reason: expect.stringContaining('action is missing') },
        { index: 1, reason: expect.stringContaining('larger than the topic takes (600 bytes)') },
        { index: 3, reason: expect.stringContaining('action is empty') },
      ],
    })
    expect(records().map(record => record.event.action)).toEqual(['small'])
  })

  test.each([
    ['400 for an empty body', '', 400, /the body is empty: send/],
    ['400 for garbage', 'garbage', 400, /the body is not JSON/],
    ['400 for a number without a tab', '{"site":"x","n":1,"events":[{"action":"a"}]}', 400, /n stands without a tab/],
    ['400 for an envelope without a site', '{"events":[]}', 400, /site is missing/],
    [
      '413 for 101 events',
      JSON.stringify({ site: 'x', events: Array(101).fill({ action: 'a' }) }),
      413,
      /101 events, at most 100/,
    ],
    ['413 for a body of 70 KB', valid.padEnd(70_000), 413, /more than 65536 bytes/],
  ])('%s', async (_, body, status, message) => {
    const { writer, post } = setUp()
    const response = await post(body)
    expect(response.status).toBe(status)
    expect(response.headers.get('Content-Type')).toBe('application/json')
    expect(await errorOf(response)).toMatch(message)
    expect(writer.appends).toEqual([])
  })

  test('204 for a body as large as is allowed', async () => {
    expect((await setUp().post(valid.padEnd(limits.bodyBytes))).status).toBe(204)
  })

  test('403 for an origin that is not on the list', async () => {
    const { writer, post } = setUp({ origins: ['https://shop.example'] })
    const response = await post(valid, { Origin: 'https://evil.example' })
    expect(response.status).toBe(403)
    expect(await errorOf(response)).toMatch(/Origin may not send events here: list it in CLICKTRAIL_ORIGINS/)
    expect(writer.appends).toEqual([])
  })

  test('404 elsewhere, with the paths that there are', async () => {
    const { request } = setUp({ eventsPath: '/e', scriptPath: '/s.js' })
    const response = await request('/v1/events', { method: 'POST', body: valid })
    expect(response.status).toBe(404)
    expect(await errorOf(response)).toBe('nothing is at /v1/events: events go to POST /e, the script is /s.js')
  })

  test.each(['GET', 'PUT', 'DELETE'])('405 for %s, with the methods that there are', async method => {
    const response = await setUp().request('/v1/events', { method })
    expect(response.status).toBe(405)
    expect(response.headers.get('Allow')).toBe('POST, OPTIONS')
    expect(await errorOf(response)).toBe(`${method} is not for /v1/events: use POST`)
  })

  test('408 for a body that does not arrive', async () => {
    const response = await setUp({ bodyTimeoutMs: 10 }).post(
      new ReadableStream({ start: body => body.enqueue(Buffer.from('{')) }),
    )
    expect(response.status).toBe(408)
    expect(response.headers.get('Connection')).toBe('close')
    expect(await errorOf(response)).toMatch(/the body did not arrive within 0.01 s/)
  })

  test.each([
    [
      'a form',
      { 'Content-Type': 'application/x-www-form-urlencoded' },
      /Content-Type "application\/x-www-form-urlencoded"/,
    ],
    ['a compressed body', { 'Content-Encoding': 'gzip' }, /Content-Encoding "gzip" is not supported/],
  ])('415 for %s', async (_, headers, message) => {
    const response = await setUp().post(valid, headers)
    expect(response.status).toBe(415)
    expect(await errorOf(response)).toMatch(message)
  })

  test('503 when the topic is not available', async () => {
    const onAppend = () => Promise.reject(new TopicError('unavailable', 'secret broker name'))
    const response = await setUp({}, { onAppend }).post(valid)
    expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '5'])
    expect(await errorOf(response)).toMatch(/^the topic did not acknowledge the events: keep them/)
  })

  test('503 when the topic does not acknowledge within the deadline', async () => {
    const response = await setUp({ deadlineMs: 20 }, { onAppend: () => new Promise(() => {}) }).post(valid)
    expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '5'])
  })

  test('503 when the topic is not known', async () => {
    const response = await setUp({}, { partitions: 0 }).post(valid)
    expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '5'])
    expect(await errorOf(response)).toMatch(/the topic is not known yet/)
  })

  test('503 when too much is in flight', async () => {
    const response = await setUp({ maxInFlightBytes: 100 }).post(valid)
    expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '2'])
    expect(await errorOf(response)).toMatch(/too many events are on their way/)
  })

  test('503 once the collector closes', async () => {
    const { collector, post } = setUp()
    await collector.close()
    const response = await post(valid)
    expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '1'])
    expect(response.headers.get('Connection')).toBe('close')
    expect(await errorOf(response)).toMatch(/about to end/)
  })

  test('500 for a fault of ours, logged without the body', async () => {
    const fake = createFakeTopicWriter()
    const writer = {
      ...fake,
      partitions: () => {
        throw new Error('fault')
      },
    }
    const logged: string[] = []
    const logger = pino(
      {},
      {
        write: line => {
          logged.push(line)
        },
      },
    )
    const { post } = setUp({ writer, logger })
    const response = await post('{"site":"x","events":[{"action":"private"}]}')
    expect(response.status).toBe(500)
    expect(await errorOf(response)).toMatch(/the collector failed/)
    expect(logged.join()).toContain('a request failed')
    expect(logged.join()).not.toContain('private')
  })
})

describe('CORS', () => {
  test.each([
    ['a success', valid, {}],
    ['a refusal', 'garbage', {}],
    ['an unsupported type', valid, { 'Content-Type': 'text/html' }],
  ])('headers are on %s, and expose Retry-After', async (_, body, headers) => {
    const response = await setUp().post(body, { Origin: 'https://shop.example', ...headers })
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(response.headers.get('Access-Control-Expose-Headers')).toBe('Retry-After')
    expect(response.headers.get('Access-Control-Allow-Credentials')).toBeNull()
  })

  test('headers are on a fault of ours and on a 503 too', async () => {
    const writer = {
      ...createFakeTopicWriter(),
      partitions: () => {
        throw new Error('fault')
      },
    }
    for (const response of [await setUp({ writer }).post(valid), await setUp({}, { partitions: 0 }).post(valid)]) {
      expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
    }
  })

  test('echoes a listed origin and varies by it', async () => {
    const response = await setUp({ origins: ['*.shop.example'] }).post(valid, { Origin: 'https://a.shop.example' })
    expect(response.status).toBe(204)
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('https://a.shop.example')
    expect(response.headers.get('Vary')).toBe('Origin')
  })

  test('lets a client without an origin pass the list', async () => {
    expect((await setUp({ origins: ['https://shop.example'] }).post(valid)).status).toBe(204)
  })

  test.each([
    ['https://shop.example', 204, 'https://shop.example'],
    ['https://evil.example', 403, null],
  ])('answers the preflight of %s with %i', async (origin, status, echoed) => {
    const { request } = setUp({ origins: ['https://shop.example'] })
    const response = await request('/v1/events', { method: 'OPTIONS', headers: { Origin: origin } })
    expect(response.status).toBe(status)
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe(echoed)
    expect(response.headers.get('Access-Control-Max-Age')).toBe(status === 204 ? '7200' : null)
  })
})

describe('Global Privacy Control', () => {
  test('is honoured: the request is counted and dropped', async () => {
    const { writer, collector, post } = setUp()
    expect((await post(valid, { 'Sec-GPC': '1' })).status).toBe(204)
    expect(writer.appends).toEqual([])
    const metrics = await (await collector.admin.request('/metrics')).text()
    expect(metrics).toContain('clicktrail_collector_requests_dropped_total{reason="gpc"} 1')
  })

  test.each([
    ['when it is off', {}, '0'],
    ['when it is to be ignored', { gpc: 'ignore' } as const, '1'],
  ])('lets the request pass %s', async (_, options, header) => {
    const { post, records } = setUp(options)
    expect((await post(valid, { 'Sec-GPC': header })).status).toBe(204)
    expect(records()).toHaveLength(1)
  })
})

test('drops what a browser asks ahead of a visit, and counts it', async () => {
  const { post, collector, writer } = setUp()
  expect((await post(valid, { 'Sec-Purpose': 'prefetch;prerender' })).status).toBe(204)
  expect(writer.appends).toEqual([])
  const metrics = await (await collector.admin.request('/metrics')).text()
  expect(metrics).toContain('clicktrail_collector_requests_dropped_total{reason="prefetch"} 1')
})

describe('a record', () => {
  const now = () => Date.parse('2026-11-21T02:44:48.000Z')

  test.each([
    ['?age=1500', '2026-11-21T02:44:46.000Z'],
    ['', '2026-11-21T02:44:47.500Z'],
    ['?age=soon', '2026-11-21T02:44:47.500Z'],
    ['?age=-5', '2026-11-21T02:44:47.500Z'],
  ])('sent with %j happened at %s', async (query, timestamp) => {
    const { post, records } = setUp({ now })
    await post('{"site":"x","events":[{"action":"a","ago":500}]}', {}, query)
    expect(records()[0]).toMatchObject({ '@timestamp': timestamp, event: { created: '2026-11-21T02:44:48.000Z' } })
  })

  test('of one tab goes to the partition of that tab', async () => {
    const { writer, post } = setUp({}, { partitions: 7 })
    const body = JSON.stringify({
      site: 'x',
      tab,
      events: [
        { n: 1, action: 'a' },
        { n: 2, action: 'b' },
      ],
    })
    await post(body)
    await post(body)
    expect(writer.appends.map(({ partition }) => partition)).toEqual([partitionOf(tab, 7), partitionOf(tab, 7)])
  })

  test('carries user agent, network and the visitor’s pseudonym as configured', async () => {
    const { post, records } = setUp({
      ip: 'cut',
      visitor: { mode: 'daily', secret: 's' },
      trustedProxies: 1,
      userAgent: 'drop',
    })
    const headers = { 'X-Forwarded-For': '203.0.113.7', 'User-Agent': 'curl/8.5.0' }
    await post(valid, headers)
    await post('{"site":"x","visitor":"v","events":[{"action":"a"}]}', headers)
    expect(records()[0]?.user?.id).toMatch(/^[\w-]{16}$/)
    expect(records()[1]?.user?.id).toBe('v')
    expect(records()[0]?.client).toEqual({ ip: '203.0.113.0' })
    expect(records()[0]?.user_agent?.bot).toBe(true)
    expect(records()[0]?.user_agent?.original).toBeUndefined()
  })

  test.each([
    ['has the request’s language', { tab, n: 1 }, { language: 'ko-KR' }],
    ['has its own language', { tab, n: 1, page: { language: 'de' } }, { language: 'de' }],
    ['of a server has none', {}, undefined],
  ])('%s', async (_, envelope, page) => {
    const { post, records } = setUp()
    const body = JSON.stringify({ site: 'x', ...envelope, events: [{ action: 'a' }] })
    expect((await post(body, { 'Accept-Language': 'ko-KR,ko;q=0.9' })).status).toBe(204)
    expect(records()[0]?.page).toEqual(page)
  })

  test('carries no address and no pseudonym by default, and the user agent as it came', async () => {
    const { post, records } = setUp({ trustedProxies: 1 })
    await post(valid, { 'X-Forwarded-For': '203.0.113.7', 'User-Agent': 'curl/8.5.0' })
    expect(records()[0]).toMatchObject({ user_agent: { original: 'curl/8.5.0' } })
    expect(JSON.stringify(records()[0])).not.toContain('203.0.113')
    expect(records()[0]?.user).toBeUndefined()
  })
})

describe('the script', () => {
  test.each(['GET', 'HEAD'])('is served to %s under its name and its hashed name', async method => {
    const { request } = setUp()
    const named = await request('/clicktrail.js', { method })
    expect(named.status).toBe(200)
    expect(await named.text()).toBe(method === 'GET' ? 'script' : '')
    const hash = /^"(\w+)-/.exec(named.headers.get('ETag') ?? '')?.[1]
    const hashed = await request(`/clicktrail.${hash}.js`, { method })
    expect(hashed.headers.get('Cache-Control')).toContain('immutable')
    expect((await request('/clicktrail.000000000000.js', { method })).status).toBe(404)
  })

  test.each([
    ['/clicktrail.js', '/clicktrail.debug.js'],
    ['/assets/a.b.js', '/assets/a.b.debug.js'],
  ])('at %s has the one that explains itself beside it, where there is one', async (scriptPath, path) => {
    const { request } = setUp({ scriptPath, debugScript: Buffer.from('explained') })
    const [script, debug] = await Promise.all([scriptPath, path].map(at => request(at)))
    expect(await script?.text()).toBe('script')
    expect(await debug?.text()).toBe('explained')
    const names = (response: Response | undefined) => [...(response?.headers.keys() ?? [])]
    expect(names(debug)).toEqual(names(script))
    const etag = debug?.headers.get('ETag') ?? ''
    const again = await request(path, { headers: { 'If-None-Match': etag } })
    expect([again.status, etag]).toEqual([304, expect.not.stringContaining(script?.headers.get('ETag') ?? '')])
    expect((await setUp({ scriptPath }).request(path)).status).toBe(404)
  })

  test('is not there to be posted to', async () => {
    const response = await setUp().request('/clicktrail.js', { method: 'POST' })
    expect([response.status, response.headers.get('Allow')]).toEqual([405, 'GET, HEAD'])
  })
})

describe('the admin side', () => {
  async function readiness(collector: ReturnType<typeof createCollector>) {
    const response = await collector.admin.request('/readyz')
    return [response.status, await response.json()]
  }

  test('is ready from when the topic is known until the collector closes, and says why not', async () => {
    const { writer, collector } = setUp({}, { partitions: 0, topic: 'clicks' })
    expect(await readiness(collector)).toEqual([503, { ready: false, reason: 'the collector has not started' }])
    await collector.start()
    expect(await readiness(collector)).toEqual([503, { ready: false, reason: 'the topic clicks is not known yet' }])
    const metrics = await (await collector.admin.request('/metrics')).text()
    expect(metrics).toContain('breaker_state{state="closed"} 0')
    expect(metrics).toContain('breaker_state{state="open"} 1')
    writer.setPartitions(3)
    expect(await readiness(collector)).toEqual([200, { ready: true }])
    await collector.close()
    expect(await readiness(collector)).toEqual([503, { ready: false, reason: 'the collector is about to end' }])
  })

  test('is alive throughout', async () => {
    const { collector } = setUp()
    await collector.close()
    expect((await collector.admin.request('/livez')).status).toBe(200)
  })

  test('counts answers and events', async () => {
    const { collector, post } = setUp()
    await post(valid)
    await post('{"site":"x","events":[{"action":"a"},{"action":"b"},{"action":""}]}')
    await post('garbage')
    const lines = (await (await collector.admin.request('/metrics')).text()).split('\n')
    expect(lines).toContain('clicktrail_collector_requests_answered_total{status="204",reason="acknowledged"} 1')
    expect(lines).toContain('clicktrail_collector_requests_answered_total{status="200",reason="partial"} 1')
    expect(lines).toContain('clicktrail_collector_requests_answered_total{status="400",reason="bad_request"} 1')
    expect(lines).toContain('clicktrail_collector_events_accepted_total 3')
    expect(lines).toContain('clicktrail_collector_events_rejected_total{reason="action"} 1')
  })
})

describe('closing', () => {
  test('finishes the requests in flight', async () => {
    let acknowledge = () => {}
    const onAppend = () =>
      new Promise<void>(resolve => {
        acknowledge = resolve
      })
    const { writer, collector, post } = setUp({}, { onAppend })
    const response = post(valid)
    await vi.waitUntil(() => writer.appends.length === 1, patience)
    const closed = vi.fn()
    const closing = collector.close().then(closed)
    await new Promise(setImmediate)
    expect(closed).not.toHaveBeenCalled()
    acknowledge()
    expect((await response).status).toBe(204)
    await closing
  })

  test('takes the events of a request whose body is still on its way', async () => {
    const now = vi.fn(Date.now)
    const { collector, post } = setUp({ now })
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const body = writable.getWriter()
    const response = post(readable)
    await body.write(Buffer.from(valid.slice(0, 10)))
    await vi.waitUntil(() => now.mock.calls.length > 0, patience)
    const closing = collector.close()
    await body.write(Buffer.from(valid.slice(10)))
    await body.close()
    expect((await response).status).toBe(204)
    await closing
  })

  test.each([
    [false, ['the topic will not become known']],
    [true, []],
  ])('says that the topic will not become known, unless that is why: %s', async (closes, said) => {
    let fail: (error: Error) => void = () => {}
    const writer = createFakeTopicWriter()
    const ready = () =>
      new Promise<void>((_, reject) => {
        fail = reject
      })
    const logger = pino({ level: 'silent' })
    const log = vi.spyOn(logger, 'error')
    const collector = createCollector({ writer: { ...writer, ready }, script: Buffer.from(''), logger })
    await collector.start()
    if (closes) await collector.close()
    fail(new TopicError('closed', 'this writer is closed'))
    await new Promise(setImmediate)
    expect(log.mock.calls.map(([, text]) => text)).toEqual(said)
  })
})
