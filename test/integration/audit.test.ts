import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Consumer, createConsumer } from '../../consumers/consumer.ts'
import { elasticsearchClient } from '../../consumers/elasticsearch/client.ts'
import { setupElasticsearch } from '../../consumers/elasticsearch/setup.ts'
import { createElasticsearchSink } from '../../consumers/elasticsearch/sink.ts'
import { connectHdfs } from '../../consumers/hdfs/connect.ts'
import { createHdfsSink } from '../../consumers/hdfs/sink.ts'
import type { LandingStore } from '../../consumers/hdfs/store.ts'
import { readTable } from '../../consumers/hdfs/table.ts'
import { createWebHdfsClient } from '../../consumers/hdfs/webhdfs/client.ts'
import type { Sink } from '../../consumers/sink.ts'
import { applyTopics } from '../../topic/kafka/admin.ts'
import { kafkaClient } from '../../topic/kafka/connect.ts'
import { createKafkaReader } from '../../topic/kafka/reader.ts'
import { createKafkaWriter } from '../../topic/kafka/writer.ts'
import { encodeRecord } from '../../topic/record.ts'
import type { TopicRecord, TopicWriter } from '../../topic/topic.ts'
import { freePort, runClicktrail, spawnClicktrail } from '../support/clicktrail.ts'
import { gzipLines, linesOf } from '../support/landed-table.ts'
import { eventRecord, tabOf } from '../support/log-records.ts'
import { removeIndex } from '../support/remove-index.ts'
import { until } from '../support/until.ts'

const brokers = (process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(',')
const webHdfs = process.env['HDFS_URL'] ?? 'http://127.0.0.1:9870'
const elasticsearch = process.env['ELASTICSEARCH_URL'] ?? 'http://127.0.0.1:9200'
const topic = `it-audit-${Date.now().toString(36)}`
const path = `/tmp/clicktrail-audit-${randomUUID()}/events`
const user = 'clicktrail'
const logger = pino({ level: 'silent' })
const kafka = kafkaClient({ brokers })
const client = elasticsearchClient({ urls: [elasticsearch] })
const partitions = 2
/** Records of a partition: one in a hundred is a copy, one in a thousand can't be read. */
const each = 5_000
let store: LandingStore
let writer: TopicWriter
let deadLetters: TopicWriter
const consumers: Consumer[] = []

const tab = (partition: number, n: number) => tabOf(partition * 1_000_000 + Math.floor(n / 50))
const eventId = (partition: number, n: number) => `${tab(partition, n)}-${(n % 50) + 1}`

function recordAt(partition: number, n: number): TopicRecord {
  if (n % 1_000 === 500) return { value: Buffer.from(`no record ${n}`) }
  const event = n % 100 === 42 ? n - 40 : n
  return { value: encodeRecord(eventRecord({ tab: tab(partition, event), sequence: (event % 50) + 1 })) }
}

async function append(from: number, to: number): Promise<void> {
  for (let partition = 0; partition < partitions; partition++) {
    for (let start = from; start < to; start += 500) {
      const records = Array.from({ length: Math.min(500, to - start) }, (_, n) => recordAt(partition, start + n))
      await writer.append(partition, records)
    }
  }
}

async function consume(sink: Sink): Promise<void> {
  const reader = createKafkaReader(kafka, { topic, group: `${topic}-${sink.name}` })
  const consumer = createConsumer({ reader, sink, deadLetters, logger })
  consumers.push(consumer)
  await consumer.start()
}

async function startWriters(): Promise<void> {
  await consume(createHdfsSink({ store, topic, logger, maxRecords: 1_500, maxAgeMs: 300 }))
  const sinkClient = elasticsearchClient({ urls: [elasticsearch] })
  await consume(createElasticsearchSink({ client: sinkClient, topic, index: topic, logger, maxAgeMs: 200 }))
}

const untilAt = (next: number) =>
  until(
    () => consumers.every(one => one.status().length === partitions && one.status().every(at => at.next === next)),
    { what: `the writers at ${next}`, timeoutMs: 90_000 },
  )

const stopWriters = async () => {
  for (const consumer of consumers.splice(0)) await consumer.close()
}

beforeAll(async () => {
  await applyTopics(kafka, { topic, partitions, replicationFactor: 1 })
  await setupElasticsearch(client, { index: topic })
  store = await connectHdfs({ urls: [webHdfs], user, path, logger })
  writer = createKafkaWriter(kafka, { topic, acks: -1 })
  deadLetters = createKafkaWriter(kafka, { topic: `${topic}-dlq`, acks: -1 })
  await writer.ready()
  await deadLetters.ready()
  await append(0, each)
  await startWriters()
  await untilAt(each)
})

afterAll(async () => {
  await stopWriters()
  await Promise.all([writer.close(), deadLetters.close()])
  await removeIndex(client, topic)
  await client.close()
  const admin = kafka.admin()
  await admin.connect()
  await admin.deleteTopics({ topics: [topic, `${topic}-dlq`] })
  await admin.disconnect()
})

const env = {
  KAFKA_BROKERS: brokers.join(','),
  HDFS_URL: webHdfs,
  HDFS_USER: user,
  HDFS_PATH: path,
  ELASTICSEARCH_URL: elasticsearch,
  ELASTICSEARCH_INDEX: topic,
  CLICKTRAIL_TOPIC: topic,
}
const audit = (...args: string[]) => runClicktrail({ args: ['audit', ...args], env })

test('finds nothing while the writers run and records come in', async () => {
  let appended = each
  let ended = false
  const running = (async () => {
    for (; !ended; appended += 250) {
      await append(appended, appended + 250)
      await pause(200)
    }
  })()
  const { code, output } = await audit()
  ended = true
  await running
  expect(output).toContain('Nothing is missing: ')
  expect(code).toBe(0)
  await untilAt(appended)
  await stopWriters()
  const quiet = await audit('--json')
  const { partitions: reports } = JSON.parse(quiet.output)
  const unreadable = Math.floor((appended + 499) / 1_000)
  for (const report of reports)
    for (const sink of ['hdfs', 'elasticsearch'])
      expect(report[sink]).toMatchObject({
        from: 0,
        to: appended,
        explained: unreadable + Math.floor((appended + 57) / 100),
        missing: 0,
      })
  expect(quiet.code).toBe(0)
})

test('names the one document that somebody has deleted', async () => {
  const id = eventId(1, 4_711)
  const found = await client.search({ index: `${topic}-*`, query: { term: { 'event.id': id } } })
  const hit = found.hits.hits[0]
  if (!hit?._id) throw new Error('no such document')
  const source = hit._source
  await client.delete({ index: hit._index, id: hit._id, refresh: true })
  const { code, output } = await audit()
  expect(output).toContain(`missing in elasticsearch: ${topic}/1 offset 4711 event ${id}\n`)
  expect(output).toContain('"clicktrail reload --sink elasticsearch --partition 1 --from 4711"')
  expect(output).toContain('\n1 mismatches: ')
  expect(code).toBe(1)
  await client.create({ index: hit._index, id: hit._id, document: source, refresh: true })
})

test('names the one row that somebody has taken out of a file, also to who watches', async () => {
  const file = (await readTable(store)).files.findLast(one => one.partition === 0 && one.start <= 3_333)
  if (!file) throw new Error('no such file')
  const content = await store.read(file.path, 0, file.length)
  const left = linesOf(content).filter(line => !line.includes(`"id":"${eventId(0, 3_333)}"`))
  const webHdfsClient = createWebHdfsClient({ urls: [webHdfs], user })
  const write = (body: Buffer) =>
    webHdfsClient.call({
      method: 'PUT',
      op: 'CREATE',
      path: `${path}/${file.path}`,
      params: { overwrite: 'true' },
      body: [body],
    })
  await write(gzipLines(left))
  const { code, output } = await audit('--since', '1d')
  expect(output).toContain(`missing in hdfs: ${topic}/0 offset 3333 event ${eventId(0, 3_333)}\n`)
  expect(output).toContain('"clicktrail reload --sink hdfs --partition 0 --from 3333"')
  expect(output).toContain('\n1 mismatches: ')
  expect(code).toBe(1)

  const adminPort = await freePort()
  const watching = spawnClicktrail({
    args: ['audit', '--watch', '1', '--partition', '0', '--host', '127.0.0.1', '--admin-port', String(adminPort)],
    env,
  })
  const metric = async (line: string) =>
    fetch(`http://127.0.0.1:${adminPort}/metrics`)
      .then(async answer => (await answer.text()).includes(`${line}\n`))
      .catch(() => false)
  await until(() => metric('clicktrail_audit_missing{store="hdfs"} 1'), {
    what: 'the row to be missed',
    timeoutMs: 60_000,
  })
  expect(await metric('clicktrail_audit_missing{store="elasticsearch"} 0')).toBe(true)
  expect(await metric('# TYPE nodejs_active_handles_total gauge')).toBe(false)
  await write(content)
  await until(() => metric('clicktrail_audit_missing{store="hdfs"} 0'), {
    what: 'the row to be back',
    timeoutMs: 60_000,
  })
  expect(await watching.stop()).toBe(0)
  expect(watching.output()).toContain('"msg":"mismatch"')
})

test.each([
  ['KAFKA_BROKERS', '127.0.0.1:1'],
  ['ELASTICSEARCH_URL', 'http://127.0.0.1:1'],
])('calls nothing missing where %s does not answer', async (name, address) => {
  const { code, output } = await runClicktrail({ args: ['audit'], env: { ...env, [name]: address } })
  expect(output).toContain(`${name} is ${address}`)
  expect(output).not.toContain('missing')
  expect(code).toBe(3)
})
