import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { elasticsearchClient } from '../../../../consumers/elasticsearch/client.ts'
import { reloadFiles } from '../../../../consumers/elasticsearch/reload-files.ts'
import { hoursOf } from '../../../../consumers/elasticsearch/reload-hours.ts'
import { createElasticsearchSink } from '../../../../consumers/elasticsearch/sink.ts'
import { hourLengthMs, pathOf } from '../../../../consumers/hdfs/path.ts'
import { StoreError } from '../../../../consumers/hdfs/store.ts'
import { readTable } from '../../../../consumers/hdfs/table.ts'
import type { Sink, SinkCounts } from '../../../../consumers/sink.ts'
import { landedText } from '../../../../topic/record.ts'
import { type FakeElasticsearch, startFakeElasticsearch } from '../../../support/fake-elasticsearch.ts'
import { gzipLines } from '../../../support/landed-table.ts'
import { type EventOverrides, eventRecord, logRecord, logStartMs, tabOf } from '../../../support/log-records.ts'
import { createMemoryStorage } from '../../../support/memory-landing-store.ts'
import { until } from '../../../support/until.ts'

const logger = pino({ level: 'silent' })
let fake: FakeElasticsearch
let storage: ReturnType<typeof createMemoryStorage>

beforeEach(async () => {
  fake = await startFakeElasticsearch()
  storage = createMemoryStorage()
})
afterEach(() => fake.close())

interface Place {
  partition?: number
  hour?: number
  generation?: number
}

/** The landed line of the record at an offset. */
function lineAt(offset: number, { partition = 0, generation = 1 }: Place = {}, event: EventOverrides = {}): string {
  const kafka = { topic: 't', partition, offset, ...(generation > 1 ? { generation } : {}) }
  return landedText(logRecord(partition, offset, event).value?.toString() ?? '', kafka)
}

/** Lands lines as one file; returns its path. */
function put(start: number, lines: readonly string[], { partition = 0, hour = 0, generation = 1 }: Place = {}): string {
  const hourMs = logStartMs + hour * hourLengthMs
  const path = pathOf({ hourMs, generation, partition, start, format: 'json.gz' })
  storage.files.set(path, gzipLines(lines))
  return path
}

/** Lands the records of some offsets as one file. */
function land(from: number, to: number, place: Place = {}): string {
  return put(
    from,
    Array.from({ length: to - from }, (_, n) => lineAt(from + n, place)),
    place,
  )
}

interface Options {
  from?: number
  signal?: AbortSignal
  counts?: SinkCounts
  maxRecords?: number
  maxBytes?: number
  onBuffered?: (bytes: number) => void
  onDrop?: (partition: number) => void
  onProgress?: (progress: { hour: number; hourMs: number; rows: number }) => void
}

async function reload({ counts, maxRecords = 1_000, onBuffered, onDrop, ...more }: Options = {}) {
  const client = elasticsearchClient({ urls: [fake.url] })
  const real = createElasticsearchSink({ client, topic: 't', logger, maxRecords, waitForMapping: false })
  const sink: Sink = {
    ...real,
    counts: () => counts ?? real.counts(),
    drop(partition) {
      real.drop(partition)
      onDrop?.(partition)
    },
    buffered(partition) {
      const buffered = real.buffered(partition)
      onBuffered?.(buffered.bytes)
      return buffered
    },
  }
  const store = storage.store()
  const hours = hoursOf((await readTable(store)).files, {})
  try {
    return await reloadFiles({ store, topic: 't', hours, sink, signal: new AbortController().signal, ...more })
  } finally {
    await real.close()
  }
}

const placesOf = () => [...fake.documents.values()].map(({ _source }) => JSON.stringify(_source['kafka'])).sort()
const all = { refused: 0, unread: 0, unanswered: 0, problems: [] }

test('creates what is missing at its own place on the log, and leaves what is there as it is', async () => {
  for (const partition of [0, 1]) for (const hour of [0, 1]) land(hour * 20, hour * 20 + 20, { partition, hour })
  expect(await reload()).toEqual({ ...all, rows: 80, created: 80, there: 0, copies: 0 })
  const before = placesOf()
  expect(before).toContain('{"topic":"t","partition":1,"offset":39}')
  const [kept, gone] = [...fake.documents.keys()]
  const mark = { marked: true }
  Object.assign(fake.documents.get(kept ?? '')?._source ?? {}, mark)
  fake.documents.delete(gone ?? '')
  expect(await reload()).toEqual({ ...all, rows: 80, created: 1, there: 79, copies: 0 })
  expect(placesOf()).toEqual(before)
  expect(fake.documents.get(kept ?? '')?._source).toMatchObject(mark)
})

test('makes the same document as the writer does, byte for byte', async () => {
  land(0, 1)
  const { value } = logRecord(0, 0)
  await reload()
  const bulk = fake.requests.find(({ path }) => path === '/_bulk')
  expect(bulk?.body.split('\n')[1]).toBe(landedText(value?.toString() ?? '', { topic: 't', partition: 0, offset: 0 }))
})

test('counts a copy of an event that is there, and rows of two generations at the same offsets', async () => {
  put(0, [lineAt(0), lineAt(1, {}, { sequence: 1 })])
  const place = { generation: 2 }
  put(0, [lineAt(0, place, { sequence: 7 }), lineAt(1, place, { sequence: 8 })], place)
  expect(await reload()).toEqual({ ...all, rows: 4, created: 3, there: 0, copies: 1 })
})

test('names what Elasticsearch refuses with file, line and reason, and brings in the rest at once', async () => {
  const path = land(0, 60)
  fake.itemFault = ({ _source }) =>
    Number(/"offset":(\d+)/.exec(JSON.stringify(_source))?.[1]) < 40
      ? { status: 400, type: 'document_parsing_exception', reason: 'not a date' }
      : undefined
  const report = await reload()
  expect(report).toMatchObject({ rows: 60, created: 20, refused: 40, unread: 0, unanswered: 0 })
  const { event } = eventRecord({ tab: tabOf(0), sequence: 17 })
  expect(report.problems.find(({ line }) => line === 17)).toEqual({
    path,
    line: 17,
    what: `event ${event.id}: mapping: 400 document_parsing_exception: not a date`,
  })
})

test('names lines that are no row of their log and files that are cut, and brings in the rest', async () => {
  const odd = put(0, [lineAt(0), 'not json', lineAt(2, { partition: 1 }), lineAt(3)])
  const cut = land(4, 8, { hour: 1 })
  storage.files.set(cut, storage.files.get(cut)?.subarray(0, -4) ?? Buffer.alloc(0))
  land(8, 9, { hour: 2 })
  const report = await reload()
  expect(report).toMatchObject({ rows: 7, created: 7, refused: 0, unread: 3, unanswered: 0 })
  expect(report.problems).toEqual([
    { path: odd, line: 2, what: expect.stringContaining('not JSON') },
    { path: odd, line: 3, what: 'a row of partition 1, generation 1 of t' },
    { path: cut, line: 5, what: expect.stringContaining('cut off') },
  ])
})

test('gives a row its answer where offsets do not rise', async () => {
  put(0, [lineAt(2), lineAt(0), lineAt(1)])
  expect(await reload()).toEqual({ ...all, rows: 3, created: 3, there: 0, copies: 0 })
})

test('passes over rows before the offset that is asked for', async () => {
  land(0, 10)
  expect(await reload({ from: 7 })).toMatchObject({ rows: 3, created: 3 })
})

test('brings in the rest when it is repeated after an end in the middle', async () => {
  for (const hour of [0, 1, 2]) land(hour * 10, hour * 10 + 10, { hour })
  const stop = new AbortController()
  fake.faults.push(
    () => undefined,
    () => undefined,
    () => 'hang',
  )
  const reloading = reload({ signal: stop.signal, maxRecords: 5 })
  await until(() => fake.faults.length === 0, { what: 'the third bulk' })
  stop.abort(new Error('ended'))
  await expect(reloading).rejects.toThrow('ended')
  const before = fake.documents.size
  expect(before).toBeGreaterThan(0)
  expect(before).toBeLessThan(30)
  expect(await reload()).toEqual({ ...all, rows: 30, created: 30 - before, there: before, copies: 0 })
})

test('ends with the first error, and gives up the other partitions', async () => {
  for (const partition of [0, 1, 2]) land(0, 10, { partition })
  const refused = { status: 401, body: { error: { type: 'security_exception', reason: 'who are you?' } } }
  fake.always = ({ body }) => (body.includes('"partition":1,') ? refused : 'hang')
  const dropped: number[] = []
  await expect(reload({ onDrop: partition => dropped.push(partition) })).rejects.toThrow('bulk')
  await until(() => dropped.length === 3, { what: 'every partition to be given up' })
})

test('ends where the storage is away, and says so', async () => {
  land(0, 3)
  const hours = hoursOf((await readTable(storage.store())).files, {})
  const away = async () => {
    throw new StoreError('unavailable', 'no NameNode')
  }
  const store = { ...storage.store(), read: away, list: away }
  const client = elasticsearchClient({ urls: [fake.url] })
  const sink = createElasticsearchSink({ client, topic: 't', logger })
  const { signal } = new AbortController()
  await expect(reloadFiles({ store, topic: 't', hours, sink, signal })).rejects.toThrow('no NameNode')
  await sink.close()
})

test('tells of each hour as it begins', async () => {
  for (const hour of [0, 5]) land(hour * 10, hour * 10 + 10, { hour })
  const told: unknown[] = []
  await reload({ onProgress: progress => told.push(progress) })
  expect(told).toEqual([
    { hour: 1, hourMs: logStartMs, rows: 0 },
    { hour: 2, hourMs: logStartMs + 5 * hourLengthMs, rows: 10 },
  ])
})

test('says of how many rows nothing is known', async () => {
  land(0, 10)
  const counts = { landed: 8, redelivered: 1, copies: 0, gapOffsets: 0 }
  expect(await reload({ counts })).toMatchObject({ rows: 10, unanswered: 1 })
})

test('holds a bounded part of a partition in memory', async () => {
  land(0, 500)
  fake.always = () => 'hang'
  const stop = new AbortController()
  let held = 0
  const onBuffered = (bytes: number) => {
    held = Math.max(held, bytes)
  }
  const reloading = reload({ signal: stop.signal, maxRecords: 10, maxBytes: 100_000, onBuffered })
  await until(() => held > 100_000, { what: 'a full buffer' })
  stop.abort(new Error('enough'))
  await expect(reloading).rejects.toThrow('enough')
  expect(held).toBeLessThan(105_000)
})
