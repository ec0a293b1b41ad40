import { pino } from 'pino'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { elasticsearchClient } from '../../consumers/elasticsearch/client.ts'
import { dailyIndex } from '../../consumers/elasticsearch/daily-index.ts'
import { setupElasticsearch } from '../../consumers/elasticsearch/setup.ts'
import { createElasticsearchSink } from '../../consumers/elasticsearch/sink.ts'
import { describeSink } from '../support/describe-sink.ts'
import { elasticsearchRows } from '../support/elasticsearch-rows.ts'
import { logRecord, logRecords, tabOf } from '../support/log-records.ts'
import { removeIndex } from '../support/remove-index.ts'
import { until } from '../support/until.ts'

const url = process.env['ELASTICSEARCH_URL'] ?? 'http://127.0.0.1:9200'
const run = `it-es-${Date.now().toString(36)}`
const client = elasticsearchClient({ urls: [url] })
const signal = () => new AbortController().signal
let made = 0

/** An index prefix of its own, with the templates installed. */
async function newIndex(): Promise<string> {
  const index = `${run}-${made++}`
  await setupElasticsearch(client, { index })
  return index
}

function open(index: string, logger = pino({ level: 'silent' })) {
  return createElasticsearchSink({
    client: elasticsearchClient({ urls: [url] }),
    topic: 'clicktrail',
    index,
    logger,
    maxRecords: 10,
    backoff: { baseMs: 10, maxMs: 50 },
  })
}

afterAll(() => client.close())

describeSink('Elasticsearch', async () => {
  const index = await newIndex()
  return {
    open: () => open(index),
    landed: async partition =>
      (await elasticsearchRows(url, index))
        .filter(row => row.kafka.partition === partition)
        .map(row => ({ offset: row.kafka.offset, id: row.event.id })),
    close: () => removeIndex(client, index),
  }
})

describe('setup', () => {
  it('gives each field its type in an index that a bulk makes', async () => {
    const index = await newIndex()
    const sink = open(index)
    await sink.start(0, { low: 0, high: 1, committed: undefined }, signal())
    sink.add(0, [logRecord(0, 0, { properties: { color: 'red', price: 2.5, gift: true } })], 0)
    await sink.flush(0, signal())
    await client.indices.refresh({ index: `${index}-*` })
    const found = async (query: object) => {
      const { hits } = await client.search({ index: `${index}-*`, query })
      return hits.hits.length
    }
    expect(await found({ term: { 'properties.color': 'red' } })).toBe(1)
    expect(await found({ term: { 'properties.price': '2.5' } })).toBe(1)
    expect(await found({ term: { 'user_agent.os.name': 'Linux' } })).toBe(1)
    expect(await found({ range: { '@timestamp': { gte: '2026-11-21', lt: '2026-11-22' } } })).toBe(1)
    const { count } = await client.count({ index: `${index}-2026.11.21` })
    expect(count).toBe(1)
    await Promise.all([sink.close(), removeIndex(client, index)])
  })
})

it('says how long a record was on its way once a search finds it', async () => {
  const index = await newIndex()
  const now = Date.now()
  const day = dailyIndex(index, now)
  await client.indices.create({ index: day, settings: { index: { refresh_interval: '-1' } } })
  const told: number[] = []
  const sink = open(index)
  sink.searchable?.(seconds => told.push(seconds))
  await sink.start(0, { low: 0, high: 1, committed: undefined }, signal())
  sink.add(0, [logRecord(0, 0, { atMs: now - 5_000, tab: tabOf(1, now) })], 0)
  await sink.flush(0, signal())
  expect(sink.counts().landed).toBe(1)
  await client.count({ index: day })
  expect(told).toEqual([])
  await client.indices.refresh({ index: day })
  await until(() => told.length === 1, { what: 'a search that finds it' })
  expect(told[0]).toBeGreaterThanOrEqual(5)
  expect(told[0]).toBeLessThan(60)
  await Promise.all([sink.close(), removeIndex(client, index)])
})

describe('trouble', () => {
  it('waits while the index is write-blocked, then lands everything once', async () => {
    const index = await newIndex()
    const day = `${index}-2026.11.21`
    await client.indices.create({ index: day })
    await client.indices.putSettings({ index: day, settings: { 'index.blocks.write': true } })
    const lines: string[] = []
    const sink = open(index, pino({ level: 'warn' }, { write: line => lines.push(line) }))
    await sink.start(0, { low: 0, high: 8, committed: undefined }, signal())
    sink.add(0, logRecords(0, 0, 8), 0)
    const landed = vi.fn()
    const flushing = sink.flush(0, signal()).then(flushed => {
      landed()
      return flushed
    })
    await until(() => lines.length >= 3, { what: 'three refusals' })
    expect(lines[0]).toContain('cluster_block_exception')
    expect(landed).not.toHaveBeenCalled()
    expect(await elasticsearchRows(url, index)).toEqual([])
    await client.indices.putSettings({ index: day, settings: { 'index.blocks.write': false } })
    expect(await flushing).toMatchObject({ next: 8, rejected: [] })
    expect(await elasticsearchRows(url, index)).toHaveLength(8)
    await Promise.all([sink.close(), removeIndex(client, index)])
  })

  it('reads again what an index has that takes nothing any more, as old ones are', async () => {
    const index = await newIndex()
    const first = open(index)
    await first.start(0, { low: 0, high: 8, committed: undefined }, signal())
    first.add(0, logRecords(0, 0, 8), 0)
    await first.flush(0, signal())
    await first.close()
    await client.indices.putSettings({ index: `${index}-2026.11.21`, settings: { 'index.blocks.write': true } })
    const again = open(index)
    await again.start(0, { low: 0, high: 8, committed: undefined }, signal())
    again.add(0, logRecords(0, 0, 8), 0)
    expect(await again.flush(0, signal())).toMatchObject({ next: 8, rejected: [] })
    expect(again.counts()).toMatchObject({ landed: 0, redelivered: 8 })
    await Promise.all([again.close(), removeIndex(client, index)])
  })

  it('hands back the one record that its mapping refuses, with the reason', async () => {
    const index = await newIndex()
    const bad = logRecord(0, 1)
    const text = Buffer.from(bad.value ?? []).toString()
    const log = [
      logRecord(0, 0),
      { ...bad, value: Buffer.from(`${text.slice(0, -1)},"client":{"ip":"not an address"}}`) },
      logRecord(0, 2),
    ]
    const sink = open(index)
    await sink.start(0, { low: 0, high: 3, committed: undefined }, signal())
    expect(sink.add(0, log, 0)).toEqual([])
    const flushed = await sink.flush(0, signal())
    expect(flushed).toMatchObject({ next: 3, rejected: [{ record: { offset: 1 }, reason: 'mapping' }] })
    expect(JSON.stringify(flushed)).toContain('client.ip')
    expect(await elasticsearchRows(url, index)).toHaveLength(2)
    await Promise.all([sink.close(), removeIndex(client, index)])
  })

  it('refuses a copy of an event and counts it', async () => {
    const index = await newIndex()
    const sink = open(index)
    await sink.start(0, { low: 0, high: 3, committed: undefined }, signal())
    const copy = logRecord(0, 1, { sequence: 1 })
    const other = logRecord(0, 2, { sequence: 1, properties: { color: 'blue' } })
    sink.add(0, [logRecord(0, 0), copy, other], 0)
    expect(await sink.flush(0, signal())).toMatchObject({ rejected: [{ record: { offset: 2 }, reason: 'conflict' }] })
    expect(sink.counts()).toEqual({ landed: 1, redelivered: 0, copies: 1, gapOffsets: 0 })
    await Promise.all([sink.close(), removeIndex(client, index)])
  })
})
