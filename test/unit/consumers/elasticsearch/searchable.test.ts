import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createBulk } from '../../../../consumers/elasticsearch/bulk.ts'
import { elasticsearchClient } from '../../../../consumers/elasticsearch/client.ts'
import { searchableBulk } from '../../../../consumers/elasticsearch/searchable.ts'
import { type FakeElasticsearch, startFakeElasticsearch } from '../../../support/fake-elasticsearch.ts'
import { logRecord, logStartMs } from '../../../support/log-records.ts'

const { signal } = new AbortController()
const index = 'clicktrail-2026.11.21'
let fake: FakeElasticsearch
let nowMs = logStartMs
let told: number[] = []
let sample: ReturnType<typeof searchableBulk>

beforeEach(async () => {
  fake = await startFakeElasticsearch()
  fake.templates = true
  nowMs = logStartMs
  told = []
  sample = open()
})
afterEach(async () => {
  sample.close()
  await fake.close()
})

function open(restMs = 0) {
  const client = elasticsearchClient({ urls: [fake.url] })
  const options = { restMs, askEveryMs: 1, giveUpMs: 60_000, now: () => nowMs }
  const sample = searchableBulk(createBulk(client), client, options)
  sample.listen(seconds => told.push(seconds))
  return sample
}

/** Received `offset` seconds ago. */
const entry = (offset: number) => {
  const record = logRecord(0, offset, { atMs: logStartMs - offset * 1_000 })
  const json = Buffer.from(record.value ?? '')
  return { record, index, id: `event-${offset}`, json, offset, bytes: 1_000, addedMs: 0 }
}
const create = (...offsets: number[]) => sample.bulk.create(offsets.map(entry), { topic: 't', partition: 0 }, signal)
const asked = () => fake.asides.filter(aside => aside.endsWith('/_count')).length

it('tells how long a document was on its way once a search finds it, not when it is stored', async () => {
  fake.refreshed = false
  await create(0)
  await vi.waitFor(() => expect(asked()).toBeGreaterThan(2))
  expect(told).toEqual([])
  nowMs += 1_500
  fake.refreshed = true
  await vi.waitFor(() => expect(told).toEqual([1.5]))
})

it('follows one document at a time, and the next after a rest', async () => {
  fake.refreshed = false
  await create(0, 1)
  await create(2)
  fake.refreshed = true
  await vi.waitFor(() => expect(told).toEqual([1]))
  await vi.waitFor(async () => {
    await create(3 + asked())
    expect(told.length).toBeGreaterThan(1)
  })
})

it('rests in between', async () => {
  sample.close()
  sample = open(60_000)
  await create(0)
  await vi.waitFor(() => expect(told).toEqual([0]))
  const before = asked()
  await create(1)
  await create(2)
  expect(asked()).toBe(before)
})

it('asks for nothing that was there before, or could not be stored', async () => {
  await create(0)
  await vi.waitFor(() => expect(told).toEqual([0]))
  const before = asked()
  await create(0)
  fake.faults.push(() => ({ status: 503 }))
  await create(1)
  await create(2)
  await vi.waitFor(() => expect(told).toEqual([0, 2]))
  expect(asked()).toBe(before + 1)
})

it('goes on asking while Elasticsearch does not answer, and says how long it waited when it gives up', async () => {
  fake.templates = undefined
  fake.faults.push(
    () => undefined,
    () => 'reset',
    () => ({ status: 503 }),
    () => ({ status: 404 }),
    () => {
      nowMs += 60_000
      return { status: 500 }
    },
  )
  await create(0)
  await vi.waitFor(() => expect(told).toEqual([60]))
})
