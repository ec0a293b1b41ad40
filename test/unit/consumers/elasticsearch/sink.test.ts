import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { BackoffOptions } from '../../../../consumers/backoff.ts'
import { elasticsearchClient } from '../../../../consumers/elasticsearch/client.ts'
import { createElasticsearchSink } from '../../../../consumers/elasticsearch/sink.ts'
import { PartitionHalted, type Sink } from '../../../../consumers/sink.ts'
import type { LogRecord } from '../../../../topic/topic.ts'
import { describeSink } from '../../../support/describe-sink.ts'
import { type FakeElasticsearch, startFakeElasticsearch } from '../../../support/fake-elasticsearch.ts'
import { brokenRecord, logRecord, logRecords } from '../../../support/log-records.ts'

let fake: FakeElasticsearch
beforeEach(async () => {
  fake = await startFakeElasticsearch()
  fake.templates = true
})
afterEach(() => fake.close())

const open = (
  options: {
    maxRecords?: number
    maxBytes?: number
    maxInFlight?: number
    requestTimeoutMs?: number
    backoff?: BackoffOptions
  } = {},
) =>
  createElasticsearchSink({
    client: elasticsearchClient({ urls: [fake.url], requestTimeoutMs: options.requestTimeoutMs ?? 5_000 }),
    topic: 'clicktrail',
    logger: pino({ level: 'silent' }),
    backoff: { baseMs: 1, maxMs: 5 },
    ...options,
  })
const signal = () => new AbortController().signal

async function fill(sink: Sink, log: readonly LogRecord[]): Promise<void> {
  const high = (log.at(-1)?.offset ?? -1) + 1
  await sink.start(0, { low: log[0]?.offset ?? 0, high, committed: undefined }, signal())
  sink.add(0, log, 0)
}

async function landAll(log: readonly LogRecord[], options: Parameters<typeof open>[0] = {}) {
  const sink = open(options)
  await fill(sink, log)
  const flushed = await sink.flush(0, signal())
  if (flushed === 'lost') throw new Error('lost')
  return { sink, ...flushed, rejected: flushed.rejected.map(one => [one.record.offset, one.reason]) }
}

const bulks = () => fake.requests.filter(request => request.path === '/_bulk')
const sizes = () => bulks().map(request => request.body.split('\n').length >> 1)
const placeOf = (source: Record<string, unknown>) => JSON.stringify(source['kafka'])

describeSink('Elasticsearch (fake)', async () => {
  const server = await startFakeElasticsearch()
  return {
    open: () =>
      createElasticsearchSink({
        client: elasticsearchClient({ urls: [server.url] }),
        topic: 'clicktrail',
        logger: pino({ level: 'silent' }),
        maxRecords: 10,
      }),
    landed: async partition =>
      [...server.documents.values()]
        .map(({ _id, _source }) => ({ id: _id, kafka: JSON.parse(placeOf(_source)) }))
        .filter(({ kafka }) => kafka.partition === partition)
        .map(({ id, kafka }) => ({ id, offset: kafka.offset })),
    close: () => server.close(),
  }
})

describe('a bulk', () => {
  it('creates each event under its id in its daily index, with its place on the log', async () => {
    const { next, metadata } = await landAll(logRecords(0, 0, 2))
    expect(next).toBe(2)
    expect(metadata).toMatch(/^\d+ \S+-2$/)
    const stored = [...fake.documents.values()]
    expect(stored.map(one => one._index)).toEqual(['clicktrail-2026.11.21', 'clicktrail-2026.11.21'])
    expect(stored[1]?._source).toMatchObject({
      event: { id: stored[1]?._id, action: 'color_click' },
      kafka: { topic: 'clicktrail', partition: 0, offset: 1 },
    })
  })

  it('holds no more than its limits', async () => {
    const sink = open({ maxRecords: 10 })
    await fill(sink, logRecords(0, 0, 25))
    while (sink.buffered(0).records > 0) await sink.flush(0, signal())
    expect(sizes()).toEqual([10, 10, 5])
    const one = (bulks()[0]?.body.length ?? 0) / 10
    fake.requests.length = 0
    const small = open({ maxBytes: one * 3.5 })
    await fill(small, logRecords(0, 100, 110))
    while (small.buffered(0).records > 0) await small.flush(0, signal())
    expect(sizes().toSorted()).toEqual([1, 3, 3, 3])
  })

  it.each([
    ['429', { status: 429, body: { error: { type: 'es_rejected_execution_exception' }, status: 429 } }],
    ['503', { status: 503 }],
    ['502 of a proxy', { status: 502, body: 'bad gateway' }],
    ['a reset connection', 'reset' as const],
    ['no answer', 'hang' as const],
    ['a write block', { status: 403, body: { error: { type: 'cluster_block_exception', reason: 'read-only' } } }],
    ['an answer that is not one', { status: 200, body: { items: [] } }],
  ])('that failed as a whole with %s is sent again until it lands', async (_, fault) => {
    fake.faults.push(
      () => fault,
      () => fault,
    )
    const { rejected } = await landAll(logRecords(0, 0, 10), { requestTimeoutMs: 100 })
    expect(fake.documents.size).toBe(10)
    expect(rejected).toEqual([])
    expect(sizes()).toEqual([10, 10, 10])
  })

  it('is halved when there is no room for it though it is the only one', async () => {
    fake.faults.push(
      () => ({ status: 429 }),
      () => ({ status: 429 }),
    )
    await landAll(logRecords(0, 0, 400), { maxInFlight: 2 })
    expect(sizes()).toEqual([400, 400, 200, 200])
    expect(fake.documents.size).toBe(400)
  })

  it('sends only those items again that were refused for a while', async () => {
    let tries = 0
    fake.itemFault = ({ _source }) =>
      placeOf(_source).includes('"offset":3') && tries++ < 2
        ? { status: 429, type: 'cluster_block_exception' }
        : undefined
    const { next } = await landAll(logRecords(0, 0, 10))
    expect(sizes()).toEqual([10, 1, 1])
    expect(next).toBe(10)
    expect(fake.documents.size).toBe(10)
  })

  it('waits no longer each time while some of it is stored', async () => {
    let left = 1
    fake.itemFault = () => (left-- > 0 ? undefined : { status: 429, type: 'es_rejected_execution_exception' })
    fake.always = () => {
      left = 1
      return undefined
    }
    await landAll(logRecords(0, 0, 16), { backoff: { baseMs: 2, maxMs: 60_000 } })
    expect(fake.documents.size).toBe(16)
  }, 10_000)

  it('finds what is there in an index that is blocked, and waits with the rest alone', async () => {
    await landAll(logRecords(0, 0, 5))
    let tries = 0
    fake.itemFault = () => (tries++ < 20 ? { status: 403, type: 'cluster_block_exception' } : undefined)
    const { next, sink } = await landAll(logRecords(0, 0, 10))
    expect(sizes()).toEqual([5, 10, 5, 5, 5])
    expect(next).toBe(10)
    expect(sink.counts()).toMatchObject({ landed: 5, redelivered: 5 })
  })

  it('dead-letters what can never be stored, and lands the rest', async () => {
    fake.itemFault = ({ _source }) =>
      placeOf(_source).includes('"offset":3') ? { status: 400, type: 'document_parsing_exception' } : undefined
    const { next, rejected } = await landAll(logRecords(0, 0, 10))
    expect(rejected).toEqual([[3, 'mapping']])
    expect(next).toBe(10)
    expect(fake.documents.size).toBe(9)
  })

  it('is halved after a 413 until the record that is too large is alone', async () => {
    for (let request = 0; request < 40; request++)
      fake.faults.push(({ body }) => (body.includes('"offset":5') ? { status: 413 } : undefined))
    const { rejected, next } = await landAll(logRecords(0, 0, 8))
    expect(rejected).toEqual([[5, 'too_large']])
    expect(next).toBe(8)
    expect(fake.documents.size).toBe(7)
  })

  it('waits and repeats when most of it is refused: the mapping is broken, not the records', async () => {
    let tries = 0
    fake.itemFault = () => (tries++ < 90 ? { status: 400, type: 'mapper_parsing_exception' } : undefined)
    const { rejected } = await landAll(logRecords(0, 0, 30))
    expect(rejected).toEqual([])
    expect(sizes()).toEqual([30, 30, 30, 30])
    expect(fake.documents.size).toBe(30)
  })

  const refused = { status: 400, body: { error: { type: 'illegal_argument_exception', reason: 'no' }, status: 400 } }

  it('waits out a 400 that is not from Elasticsearch', async () => {
    for (let request = 0; request < 3; request++) fake.faults.push(() => ({ status: 400, body: 'Bad Request' }))
    expect((await landAll(logRecords(0, 0, 5))).rejected).toEqual([])
    expect(sizes()).toEqual([5, 5, 5, 5])
    expect(fake.documents.size).toBe(5)
  })

  it('waits instead of dead-lettering when each document of a small bulk alone gets the same 400', async () => {
    for (let request = 0; request < 6; request++) fake.faults.push(() => refused)
    expect((await landAll(logRecords(0, 0, 2))).rejected).toEqual([])
    expect(sizes()).toEqual([2, 1, 1, 2, 1, 1, 2])
    expect(fake.documents.size).toBe(2)
  })

  it('dead-letters the one document that alone gets a 400', async () => {
    for (let request = 0; request < 9; request++)
      fake.faults.push(({ body }) => (body.includes('"offset":1') ? refused : undefined))
    expect((await landAll(logRecords(0, 0, 3))).rejected).toEqual([[1, 'mapping']])
    expect(fake.documents.size).toBe(2)
  })

  it('does not dead-letter everything when every request is a 400', async () => {
    for (let request = 0; request < 200; request++) fake.faults.push(() => refused)
    await expect(landAll(logRecords(0, 0, 40))).rejects.toThrow('400')
  })

  it.each([401, 403])('stops and says so on %i', async status => {
    fake.faults.push(() => ({
      status,
      body: { error: { type: 'security_exception', reason: 'unable to authenticate' } },
    }))
    await expect(landAll(logRecords(0, 0, 2))).rejects.toThrow(/security_exception|unable to authenticate/)
    fake.itemFault = () => ({ status, type: 'security_exception' })
    await expect(landAll(logRecords(0, 0, 2))).rejects.toThrow('security_exception')
  })

  it('gives up only when the partition is no longer ours', async () => {
    for (let request = 0; request < 1_000; request++) fake.faults.push(() => ({ status: 503 }))
    const controller = new AbortController()
    const sink = open()
    await fill(sink, logRecords(0, 0, 2))
    const flushing = sink.flush(0, controller.signal)
    await vi.waitFor(() => expect(fake.requests.length).toBeGreaterThan(5))
    controller.abort(new Error('revoked'))
    await expect(flushing).rejects.toThrow('revoked')
    expect(fake.documents.size).toBe(0)
  })
})

it('notices in the middle of a request that the partition is no longer ours', async () => {
  fake.faults.push(() => 'hang')
  const controller = new AbortController()
  const sink = open()
  await fill(sink, logRecords(0, 0, 2))
  const flushing = sink.flush(0, controller.signal)
  await vi.waitFor(() => expect(fake.requests).toHaveLength(1))
  controller.abort(new Error('revoked'))
  await expect(flushing).rejects.toThrow(/^revoked$/)
})

describe('an id that is there already', () => {
  const counted = async (log: LogRecord[]) => {
    const { sink, rejected } = await landAll(log)
    return { ...sink.counts(), rejected }
  }

  it('is a redelivery at the same offset', async () => {
    await landAll(logRecords(0, 0, 5))
    expect(await counted(logRecords(0, 0, 8))).toEqual({
      landed: 3,
      redelivered: 5,
      copies: 0,
      gapOffsets: 0,
      rejected: [],
    })
  })

  it('is a copy at another offset with the same content', async () => {
    const first = logRecord(0, 0)
    const copy = logRecord(0, 9, { sequence: 1, atMs: first.timestampMs + 60_000 })
    await landAll([first])
    expect(await counted([copy])).toEqual({ landed: 0, redelivered: 0, copies: 1, gapOffsets: 0, rejected: [] })
    expect(fake.documents.size).toBe(1)
  })

  it('is a conflict with other content: dead-lettered, never dropped', async () => {
    await landAll([logRecord(0, 0)])
    const other = logRecord(0, 9, { sequence: 1, properties: { color: 'blue' } })
    expect(await counted([other])).toMatchObject({ copies: 0, rejected: [[9, 'conflict']] })
  })

  it('is created after all when it was deleted before we looked', async () => {
    await landAll([logRecord(0, 0)])
    fake.faults.push(
      () => undefined,
      () => {
        fake.documents.clear()
        return undefined
      },
    )
    expect(await counted([logRecord(0, 0)])).toMatchObject({ landed: 1, rejected: [] })
  })

  it('is looked at again when looking failed', async () => {
    await landAll([logRecord(0, 0)])
    fake.faults.push(
      () => undefined,
      () => ({ status: 503 }),
    )
    expect(await counted([logRecord(0, 0)])).toMatchObject({ redelivered: 1, rejected: [] })
  })
})

describe('start', () => {
  const log = logRecords(0, 0, 10)

  async function committedAt(next: number) {
    const sink = open()
    await fill(sink, log.slice(0, next))
    const flushed = await sink.flush(0, signal())
    if (flushed === 'lost') throw new Error('lost')
    return { next: flushed.next, metadata: flushed.metadata }
  }

  it('reads the committed record again to compare it, and goes on after it', async () => {
    const committed = await committedAt(4)
    const sink = open()
    expect(await sink.start(0, { low: 0, high: 10, committed }, signal())).toBe(3)
    sink.add(0, log.slice(3), 0)
    expect(sink.buffered(0).records).toBe(6)
  })

  it('halts when another record lies there: the topic was made again', async () => {
    const committed = await committedAt(4)
    const sink = open()
    await sink.start(0, { low: 0, high: 10, committed }, signal())
    expect(() => sink.add(0, [logRecord(0, 3, { tab: 'another0another0' })], 0)).toThrow(PartitionHalted)
  })

  it('halts when the log ends before the commit', async () => {
    const sink = open()
    const start = sink.start(0, { low: 0, high: 3, committed: { next: 4, metadata: '' } }, signal())
    await expect(start).rejects.toThrow(PartitionHalted)
  })

  it('goes on at the low watermark when the committed offset is gone', async () => {
    const sink = open()
    const committed = { next: 4, metadata: '1 x' }
    expect(await sink.start(0, { low: 6, high: 10, committed }, signal())).toBe(6)
    sink.add(0, log.slice(6), 0)
    expect(sink.buffered(0).records).toBe(4)
  })

  it('says where it stands before anything is read', async () => {
    const sink = open()
    const committed = await committedAt(4)
    await sink.start(0, { low: 0, high: 4, committed }, signal())
    expect(await sink.flush(0, signal())).toEqual({ ...committed, rejected: [] })
  })
})

it('hands back an event id that Elasticsearch would choke on', async () => {
  const sink = open()
  await sink.start(0, { low: 0, high: 1, committed: undefined }, signal())
  const rejected = sink.add(0, [logRecord(0, 0, { tab: 'é'.repeat(300) })], 0)
  expect(rejected).toMatchObject([{ reason: 'invalid', message: expect.stringContaining('512') }])
})

it('weighs what an entry holds in memory, not only its bytes in a bulk', async () => {
  const sink = open()
  await fill(sink, logRecords(0, 0, 10))
  const { bytes } = sink.buffered(0)
  await sink.flush(0, signal())
  expect(bytes).toBeGreaterThan((bulks()[0]?.body.length ?? 0) * 1.5)
})

it('is due by age and when a bulk has landed, and never when empty', async () => {
  const sink = open({ maxRecords: 3 })
  await sink.start(0, { low: 0, high: 9, committed: undefined }, signal())
  expect(sink.due(0, 1e12)).toBe(false)
  sink.add(0, logRecords(0, 0, 2), 500)
  expect(sink.due(0, 1_499)).toBe(false)
  expect(sink.due(0, 1_500)).toBe(true)
  sink.add(0, logRecords(0, 2, 3), 600)
  await vi.waitFor(() => expect(sink.due(0, 600)).toBe(true))
  expect(await sink.flush(0, signal())).toMatchObject({ next: 3 })
  expect(sink.due(0, 1e12)).toBe(false)
})

describe('templates', () => {
  it('are looked for again after an answer that did not come, and put back before anything lands', async () => {
    fake.templates = false
    fake.faults.push(() => 'reset')
    await landAll(logRecords(0, 0, 10))
    expect(fake.asides).toContain('PUT /_index_template/clicktrail')
    expect(fake.documents.size).toBe(10)
  })

  it('come first when an index is missing that a write may not make, then the index is made', async () => {
    fake.templates = false
    fake.itemFault = () =>
      fake.asides.includes('PUT /clicktrail-2026.11.21')
        ? undefined
        : { status: 404, type: 'index_not_found_exception' }
    expect((await landAll(logRecords(0, 0, 10))).rejected).toEqual([])
    expect(fake.asides.indexOf('PUT /_index_template/clicktrail')).toBeGreaterThanOrEqual(0)
    expect(fake.asides.indexOf('PUT /clicktrail-2026.11.21')).toBe(fake.asides.length - 1)
    expect(fake.documents.size).toBe(10)
  })

  it('are not asked for while all is well', async () => {
    await landAll(logRecords(0, 0, 10))
    expect(fake.asides).toEqual([])
  })
})

describe('several nodes', () => {
  it.each([
    ['hangs', () => 'hang' as const],
    ['is away', () => 'reset' as const],
    ['answers 503', () => ({ status: 503 })],
  ])('pass over one that %s', async (_, fault) => {
    const bad = await startFakeElasticsearch()
    bad.templates = true
    for (let n = 0; n < 100; n++) bad.faults.push(fault)
    const sink = createElasticsearchSink({
      client: elasticsearchClient({ urls: [bad.url, fake.url], requestTimeoutMs: 200 }),
      topic: 'clicktrail',
      logger: pino({ level: 'silent' }),
      maxRecords: 10,
      maxInFlight: 1,
      backoff: { baseMs: 1, maxMs: 5 },
    })
    await fill(sink, logRecords(0, 0, 200))
    while (sink.buffered(0).records > 0) await sink.flush(0, signal())
    expect(fake.documents.size).toBe(200)
    expect(bad.requests.length).toBeLessThanOrEqual(1)
    await bad.close()
  })
})

describe('several bulks at once', () => {
  /** Bulks are answered by hand: `holding[n]()` lets the n-th go on. */
  async function held(count: number, maxInFlight: number) {
    const holding: (() => void)[] = []
    for (let n = 0; n < count; n++)
      fake.faults.push(() => new Promise(resolve => holding.push(() => resolve(undefined))))
    const sink = open({ maxRecords: 10, maxInFlight })
    await fill(sink, logRecords(0, 0, 10 * count))
    return { sink, holding }
  }

  it('leave without a flush, never more than the limit', async () => {
    const { holding } = await held(12, 3)
    await vi.waitFor(() => expect(holding).toHaveLength(3))
    for (let n = 0; n < 12; n++) {
      await vi.waitFor(() => expect(holding.length).toBeGreaterThan(n))
      holding[n]?.()
      await vi.waitFor(() => expect(fake.documents.size).toBe(10 * (n + 1)))
      expect(holding.length).toBeLessThanOrEqual(n + 4)
    }
    expect(sizes()).toEqual(Array(12).fill(10))
  })

  it('are accounted for up to the first that has not landed', async () => {
    const { sink, holding } = await held(3, 2)
    await vi.waitFor(() => expect(holding).toHaveLength(2))
    const flushed = vi.fn()
    const flushing = sink.flush(0, signal()).then(flushed)
    holding[1]?.()
    await vi.waitFor(() => expect(holding).toHaveLength(3))
    expect(fake.documents.size).toBe(10)
    expect(flushed).not.toHaveBeenCalled()
    expect(sink.due(0, 1e12)).toBe(false)
    holding[0]?.()
    await flushing
    expect(flushed).toHaveBeenCalledWith({ next: 20, metadata: expect.stringMatching(/-20$/), rejected: [] })
    expect(sink.buffered(0).records).toBe(10)
    holding[2]?.()
    expect(await sink.flush(0, signal())).toMatchObject({ next: 30 })
  })

  it('are not repeated once the partition is dropped', async () => {
    const ofDropped = ({ body }: { body: string }) => body.includes('"partition":0,')
    for (let n = 0; n < 1_000; n++) fake.faults.push(bulk => (ofDropped(bulk) ? { status: 503 } : undefined))
    const sink = open({ maxRecords: 10, maxInFlight: 2 })
    await fill(sink, logRecords(0, 0, 40))
    await vi.waitFor(() => expect(bulks().length).toBeGreaterThan(4))
    sink.drop(0)
    const asked = bulks().filter(ofDropped).length
    await sink.start(1, { low: 0, high: 300, committed: undefined }, signal())
    sink.add(1, logRecords(1, 0, 300), 0)
    while (sink.buffered(1).records > 0) await sink.flush(1, signal())
    expect(fake.documents.size).toBe(300)
    // Two may have been on their way.
    expect(bulks().filter(ofDropped).length).toBeLessThanOrEqual(asked + 2)
  })

  it('become few while the server has room for one only, and nothing is lost', async () => {
    let inside = 0
    let most = 0
    const crowd = async () => {
      inside++
      if (fake.requests.length > 40) most = Math.max(most, inside)
      const crowded = inside > 1
      await new Promise(resolve => setTimeout(resolve, 3))
      inside--
      return crowded ? { status: 429, body: { error: { type: 'es_rejected_execution_exception' } } } : undefined
    }
    for (let n = 0; n < 400; n++) fake.faults.push(crowd)
    const sink = open({ maxRecords: 10, maxInFlight: 8 })
    await fill(sink, logRecords(0, 0, 500))
    while (sink.buffered(0).records > 0) await sink.flush(0, signal())
    expect(fake.documents.size).toBe(500)
    expect(sink.counts()).toMatchObject({ landed: 500, redelivered: 0 })
    expect(most).toBeLessThanOrEqual(3)
  })
})

it('remembers the time of a record before next that could not be read, and halts when another lies there', async () => {
  const sink = open()
  await sink.start(0, { low: 0, high: 2, committed: undefined }, signal())
  sink.add(0, [logRecord(0, 0), brokenRecord(1)], 0)
  const flushed = await sink.flush(0, signal())
  if (flushed === 'lost') throw new Error('lost')
  expect(flushed).toMatchObject({ next: 2, metadata: expect.stringMatching(/^\d+ \S+$/) })
  expect(await sink.start(0, { low: 0, high: 3, committed: flushed }, signal())).toBe(1)
  expect(sink.add(0, [brokenRecord(1), logRecord(0, 2)], 0)).toEqual([])
  await sink.start(0, { low: 0, high: 3, committed: flushed }, signal())
  expect(() => sink.add(0, [logRecord(0, 1)], 0)).toThrow(PartitionHalted)
})
