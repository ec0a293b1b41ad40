import { pino } from 'pino'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createDeadLetterOffice } from '../../../../consumers/dead-letter-office.ts'
import { createReplayer } from '../../../../consumers/dlq/replayer.ts'
import { routeOf } from '../../../../consumers/dlq/route.ts'
import { elasticsearchClient } from '../../../../consumers/elasticsearch/client.ts'
import { createElasticsearchSink } from '../../../../consumers/elasticsearch/sink.ts'
import { PartitionHalted, type Sink } from '../../../../consumers/sink.ts'
import { goodValue, letterAt, type RefusedRecord } from '../../../support/dead-letters.ts'
import { type FakeElasticsearch, startFakeElasticsearch } from '../../../support/fake-elasticsearch.ts'
import { createFakeTopicWriter } from '../../../support/fake-topic-writer.ts'

const logger = pino({ level: 'silent' })
const { signal } = new AbortController()
const route = (at: number, record: RefusedRecord) =>
  routeOf(letterAt(at, record), { topic: 'clicktrail', partitions: 3, maxReplays: 3, maxRecordBytes: 1_000_000 })
const mapping = (offset: number, sequence = offset) =>
  route(offset, { sink: 'elasticsearch', reason: 'mapping', offset, partition: 2, value: goodValue(sequence) })

let server: FakeElasticsearch
let sink: Sink | undefined
const open = async () => {
  sink = createElasticsearchSink({ client: elasticsearchClient({ urls: [server.url] }), topic: 'clicktrail', logger })
  return sink
}

function setUp({ elasticsearch = true, onAppend = async () => {} } = {}) {
  const topic = createFakeTopicWriter({ topic: 'clicktrail', onAppend })
  const dlq = createFakeTopicWriter({ topic: 'clicktrail-dlq' })
  const deadLetters = createDeadLetterOffice({
    writer: dlq,
    sink: 'elasticsearch',
    group: 'clicktrail-elasticsearch',
    topic: 'clicktrail',
    logger,
    backoff: {},
  })
  return {
    topic,
    dlq,
    replayer: createReplayer({ topic, elasticsearch: elasticsearch ? open : undefined, deadLetters }),
  }
}

beforeEach(async () => {
  server = await startFakeElasticsearch()
})
afterEach(async () => {
  await sink?.close()
  sink = undefined
  await server.close()
})

it('appends to the topic what is for every writer, and says so when it is acknowledged', async () => {
  const { topic, replayer } = setUp({ elasticsearch: false })
  const routes = [route(1, {}), route(2, { headers: { 'clicktrail.replays': '3' } }), route(3, {})]
  expect(await replayer(routes, signal)).toEqual(['topic', 'exhausted', 'topic'])
  expect(topic.appends).toMatchObject([{ partition: 0, records: [{}, {}] }])
})

it('rejects when the topic does not take it', async () => {
  const { replayer } = setUp({ onAppend: () => Promise.reject(new Error('no leader')) })
  await expect(replayer([route(1, {})], signal)).rejects.toThrow('no leader')
})

it('creates the document under its own place on the topic, once', async () => {
  const { topic, replayer } = setUp()
  expect(await replayer([mapping(40), mapping(7)], signal)).toEqual(['elasticsearch', 'elasticsearch'])
  expect(await replayer([mapping(40)], signal)).toEqual(['elasticsearch'])
  const places = [...server.documents.values()].map(one => one._source['kafka'])
  expect(places).toEqual([
    { topic: 'clicktrail', partition: 2, offset: 7 },
    { topic: 'clicktrail', partition: 2, offset: 40 },
  ])
  expect(topic.appends).toEqual([])
})

it('keeps what Elasticsearch refuses again as a new letter of the same record, with its round', async () => {
  const { dlq, replayer } = setUp()
  server.itemFault = ({ _source }) =>
    JSON.stringify(_source).includes('"offset":7') ? { status: 400, type: 'document_parsing_exception' } : undefined
  expect(await replayer([mapping(40), mapping(7)], signal)).toEqual(['elasticsearch', 'refused'])
  expect(dlq.appends.flatMap(({ records }) => records)).toMatchObject([
    {
      value: goodValue(7),
      headers: {
        'clicktrail.sink': 'elasticsearch',
        'clicktrail.reason': 'mapping',
        'clicktrail.replays': '1',
        '__connect.errors.partition': '2',
        '__connect.errors.offset': '7',
      },
    },
  ])
})

it('gives each letter its own answer where all are refused, and does not wait for a better mapping', async () => {
  const { dlq, replayer } = setUp()
  server.itemFault = () => ({ status: 400, type: 'document_parsing_exception' })
  const routes = Array.from({ length: 50 }, (_, offset) => mapping(offset, offset + 1))
  expect(new Set(await replayer(routes, signal))).toEqual(new Set(['refused']))
  expect(dlq.appends.flatMap(({ records }) => records)).toHaveLength(50)
})

it('halts where a letter needs an Elasticsearch and there is none', async () => {
  const { replayer } = setUp({ elasticsearch: false })
  await expect(replayer([mapping(1)], signal)).rejects.toThrow(PartitionHalted)
})
