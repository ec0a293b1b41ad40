import { PassThrough } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test, vi } from 'vitest'
import { type Client, createAcceptEvents } from '../../../collector/accept-events.ts'
import { createMetrics } from '../../../collector/admin/metrics.ts'
import { readBody } from '../../../collector/http/read-body.ts'
import { createUserAgentParser } from '../../../collector/records/user-agent.ts'
import { limits } from '../../../sdk/event.ts'
import { createFakeTopicWriter } from '../../support/fake-topic-writer.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')
const client: Client = {
  receivedMs: 1_700_000_000_000,
  ageMs: 0,
  userAgent: undefined,
  acceptLanguage: undefined,
  address: undefined,
  origin: undefined,
}

/** Takes bodies as the route does; `waiting` has the records of each, which are never acknowledged. */
function setUp() {
  const waiting: (readonly Uint8Array[])[] = []
  const streams: PassThrough[] = []
  const unanswered: unknown[] = []
  const acceptEvents = createAcceptEvents({
    writer: createFakeTopicWriter(),
    batcher: {
      append(_, values) {
        return new Promise(resolve => {
          // Without it the promise, and all that waits for it, would be garbage.
          unanswered.push(resolve)
          waiting.push(values)
        })
      },
    },
    metrics: createMetrics(),
    parseUserAgent: createUserAgentParser(),
    pseudonymOf: undefined,
    ip: 'off',
    refusalOfSite: () => undefined,
  })
  function take(body: Buffer, userAgent?: string): void {
    const stream = new PassThrough()
    streams.push(stream)
    stream.end(Buffer.from(body))
    const reading = readBody(stream, { maxBytes: limits.bodyBytes, timeoutMs: 10_000 })
    reading.then(read => (read.ok ? acceptEvents(read.bytes, { ...client, userAgent }) : undefined)).catch(expect.fail)
  }
  return { waiting, take, held: [streams, unanswered] }
}

const weightOf = (values: readonly Uint8Array[]) => values.reduce((sum, { byteLength }) => sum + byteLength, 0)

test('a request that waits for the topic weighs little more than its records, which are what is bounded', async () => {
  const properties = Object.fromEntries(Array.from({ length: limits.properties }, (_, n) => [`p${n}`, n + 0.5]))
  const events = Array(limits.batchEvents).fill({ action: 'a', properties })
  const body = Buffer.from(JSON.stringify({ site: 's', events }).padEnd(limits.bodyBytes))
  const { waiting, take, held } = setUp()
  const weightNow = () => {
    collectGarbage()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  const requests = 40
  take(body)
  await vi.waitUntil(() => waiting.length === 1)
  const before = weightNow()
  for (let n = 0; n < requests; n++) take(body)
  await vi.waitUntil(() => waiting.length === 1 + requests)
  const each = (weightNow() - before) / requests
  for (const each of held) expect(each).toHaveLength(1 + requests)
  expect(each).toBeLessThan(2 * weightOf(waiting[0] ?? []))
})

test('the records of one body weigh at most 3 MB: what its events share is written with each', async () => {
  const { waiting, take } = setUp()
  const long = (length: number) => '\u0001'.repeat(length)
  const url = `https://a.example/${'€'.repeat(limits.urlChars - 'https://a.example/'.length)}`
  const tab = '0mwpt1nbck9k2j4h6f8d'
  const name = long(limits.nameChars)
  const shared = { site: name, visitor: name, session: name, user: name, action: name }
  const page = { url, referrer: url, title: long(limits.valueChars), language: name }
  take(
    Buffer.from(JSON.stringify({ ...shared, tab, n: 1, page, events: Array(limits.batchEvents).fill({}) })),
    '"'.repeat(10_000),
  )
  await vi.waitUntil(() => waiting.length === 1)
  expect(waiting[0]).toHaveLength(limits.batchEvents)
  expect(weightOf(waiting[0] ?? [])).toBeLessThan(3_000_000)
})

test.each([
  ['acknowledged', 4],
  ['unavailable', 0],
] as const)('what a browser reports as lost counts once it is on the topic: %s', async (outcome, lost) => {
  const metrics = createMetrics()
  const acceptEvents = createAcceptEvents({
    writer: createFakeTopicWriter(),
    batcher: { append: async () => (outcome === 'acknowledged' ? { outcome, tooLarge: [] } : { outcome }) },
    metrics,
    parseUserAgent: createUserAgentParser(),
    pseudonymOf: undefined,
    ip: 'off',
    refusalOfSite: () => undefined,
  })
  const events = [{ action: 'events_dropped', properties: { full: 4 } }, { action: 'page_view' }]
  await acceptEvents(Buffer.from(JSON.stringify({ site: 's', events })), client)
  expect(await metrics.text()).toContain(`clicktrail_collector_browser_events_lost_total{reason="full"} ${lost}\n`)
})
