import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createConsumer } from '../../consumers/consumer.ts'
import { checkTable } from '../../consumers/hdfs/check/check.ts'
import { connectHdfs } from '../../consumers/hdfs/connect.ts'
import { createHdfsSink } from '../../consumers/hdfs/sink.ts'
import type { LandingStore } from '../../consumers/hdfs/store.ts'
import { readTable } from '../../consumers/hdfs/table.ts'
import { createWebHdfsClient } from '../../consumers/hdfs/webhdfs/client.ts'
import { applyTopics } from '../../topic/kafka/admin.ts'
import { kafkaClient } from '../../topic/kafka/connect.ts'
import { createKafkaReader } from '../../topic/kafka/reader.ts'
import { createKafkaWriter } from '../../topic/kafka/writer.ts'
import { encodeRecord } from '../../topic/record.ts'
import { runClicktrail } from '../support/clicktrail.ts'
import { hdfsRows } from '../support/landed-rows.ts'
import { eventRecord, tabOf } from '../support/log-records.ts'
import { until } from '../support/until.ts'

const brokers = (process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(',')
const webHdfs = process.env['HDFS_URL'] ?? 'http://127.0.0.1:9870'
const httpFs = process.env['HTTPFS_URL'] ?? 'http://127.0.0.1:14000'
const topic = `it-tools-${Date.now().toString(36)}`
const path = `/tmp/clicktrail-tools-${randomUUID()}/events`
const user = 'clicktrail'
const logger = pino({ level: 'silent' })
const kafka = kafkaClient({ brokers })
const partitions = 2
const each = 1_000
let store: LandingStore

/** Makes the topic, and fills each partition with events that are numbered from `first` on. */
async function makeTopic(first: number): Promise<void> {
  await applyTopics(kafka, { topic, partitions, replicationFactor: 1 })
  const writer = createKafkaWriter(kafka, { topic, acks: -1 })
  await writer.ready()
  for (let partition = 0; partition < partitions; partition++) {
    const records = Array.from({ length: each }, (_, n) => ({
      value: encodeRecord(eventRecord({ tab: tabOf(partition), sequence: first + n })),
    }))
    await writer.append(partition, records)
  }
  await writer.close()
}

/** Work of an administrator, through a connection of its own. */
async function asAdmin<T>(work: (admin: ReturnType<typeof kafka.admin>) => Promise<T>): Promise<T> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.disconnect()
  }
}

beforeAll(async () => {
  await makeTopic(1)
  store = await connectHdfs({ urls: [webHdfs], user, path, logger })
})

afterAll(async () => {
  await asAdmin(admin => admin.deleteTopics({ topics: [topic, `${topic}-dlq`] }))
})

/** Runs the writer, in files of so many records, until it has landed the rest of these partitions. */
async function consume(
  maxRecords: number,
  landing: readonly number[],
  body: () => Promise<void> = async () => {},
): Promise<void> {
  const deadLetters = createKafkaWriter(kafka, { topic: `${topic}-dlq`, acks: -1 })
  const sink = createHdfsSink({ store, topic, logger, maxRecords, maxAgeMs: 200 })
  const reader = createKafkaReader(kafka, { topic, group: `${topic}-hdfs` })
  const consumer = createConsumer({ reader, sink, deadLetters, logger })
  await consumer.start()
  const landed = () => consumer.status().filter(({ partition, next }) => landing.includes(partition) && next === each)
  await until(() => landed().length === landing.length, { what: 'the end of the log', timeoutMs: 60_000 })
  await body()
  await consumer.close()
  await deadLetters.close()
}

const clicktrail = (args: string, hdfsUrl = webHdfs) =>
  runClicktrail({
    args: args.split(' '),
    env: {
      KAFKA_BROKERS: brokers.join(','),
      HDFS_URL: hdfsUrl,
      HDFS_USER: user,
      HDFS_PATH: path,
      CLICKTRAIL_TOPIC: topic,
    },
  })

/** Writes over a landed file, as only somebody with a shell on the cluster does. */
async function damage(file: string): Promise<void> {
  const client = createWebHdfsClient({ urls: [webHdfs], user })
  const body = [Buffer.from('damaged')]
  await client.call({ method: 'PUT', op: 'CREATE', path: `${path}/${file}`, params: { overwrite: 'true' }, body })
}

async function offsetsOf(partition: number): Promise<number[]> {
  const rows = (await hdfsRows(webHdfs, path)).filter(row => row.kafka.partition === partition)
  return rows.map(row => row.kafka.offset).sort((a, b) => a - b)
}
const everyOffset = Array.from({ length: each }, (_, n) => n)
const firstFileFrom = async (start: number) =>
  (await readTable(store)).files.find(file => file.partition === 0 && file.start >= start)

test('reload refuses while a writer is in the group, and names it', async () => {
  await consume(200, [0, 1], async () => {
    const { code, output } = await clicktrail('reload --sink hdfs --partition 0 --from 0 --yes')
    expect(output).toMatch(new RegExp(`${topic}-hdfs has 1 running: .* Stop the writer first`))
    expect(code).toBe(1)
  })
  expect(await offsetsOf(0)).toEqual(everyOffset)
})

test.each([
  ['WebHDFS', webHdfs],
  ['HttpFS', httpFs],
])('check finds nothing wrong in what the writer landed, through %s', async (_, url) => {
  const { code, output } = await clicktrail('hdfs check', url)
  expect(output).toContain('Nothing is damaged: ')
  expect(output).toContain(`, ${partitions * each} rows in`)
  expect(code).toBe(0)
})

test.each([
  ['in the middle', 400, webHdfs],
  ['that is the first, so that no file is left,', 0, httpFs],
])('after a file %s was damaged, reload and the writer land each offset once', async (_, start, url) => {
  const file = await firstFileFrom(start)
  if (!file) throw new Error('no such file')
  await damage(file.path)
  const found = await clicktrail('hdfs check')
  expect(found.output).toContain(`damage   ${file.path}`)
  expect(found.code).toBe(1)
  const reloaded = await clicktrail(`reload --sink hdfs --partition 0 --from ${file.start} --yes`, url)
  expect(reloaded.output).toContain(`it goes on at offset ${file.start}`)
  expect(reloaded.code).toBe(0)
  const [commits] = await asAdmin(admin => admin.fetchOffsets({ groupId: `${topic}-hdfs`, topics: [topic] }))
  const commit = commits?.partitions.find(one => one.partition === 0)
  expect(commit?.offset).toBe(String(file.start))
  expect(commit?.metadata ?? '').toMatch(file.start === 0 ? /^$/ : new RegExp(`^\\d{13} ${tabOf(0)}-${file.start}$`))
  expect((await readTable(store)).files.filter(one => one.partition === 0 && one.start >= file.start)).toEqual([])
  await consume(150 + start, [0])
  expect((await clicktrail('hdfs check')).output).toContain('Nothing is damaged')
  for (let partition = 0; partition < partitions; partition++) expect(await offsetsOf(partition)).toEqual(everyOffset)
})

test('check says so when HDFS does not answer', async () => {
  const { code, output } = await clicktrail('hdfs check', 'http://127.0.0.1:1')
  expect(output).toContain('HDFS_URL is http://127.0.0.1:1')
  expect(code).toBe(1)
})

test('retain drops old days on HDFS, and keeps what the writer goes on from', async () => {
  const land = async (day: string, start: string) => {
    const staged = await store.stage('events', [Buffer.from('{}\n')])
    await store.land(staged, `dt=${day}/hr=00/events-p09-${start.padStart(20, '0')}.json`)
  }
  await land('2020-01-01', '0')
  await land('2020-02-01', '1')
  const { code, output } = await clicktrail('hdfs retain --days 90')
  expect(output).toContain('dropped  dt=2020-01-01: 1 hour, 1 file, 3 bytes')
  expect(output).toContain('kept     dt=2020-02-01: the writer goes on from dt=2020-02-01/hr=00/events-p09-')
  expect(code).toBe(0)
  expect((await readTable(store)).days.filter(day => day < 'dt=2021')).toEqual(['dt=2020-02-01'])
  await store.removeFolder('dt=2020-02-01')
  expect(await checkTable({ store, topic })).toMatchObject({ damaged: false })
})

test('reload takes nothing out where the topic was made again with as many records', async () => {
  await asAdmin(async admin => {
    await admin.deleteTopics({ topics: [topic] })
    await until(async () => !(await admin.listTopics()).includes(topic), { what: 'the topic to be gone' })
  })
  await makeTopic(each + 1)
  const before = (await readTable(store)).files
  for (const from of [0, each - 1]) {
    const { code, output } = await clicktrail(`reload --sink hdfs --partition 0 --from ${from} --yes`)
    expect(output).toContain('it is not the log that landed')
    expect(code).toBe(1)
  }
  expect((await readTable(store)).files).toEqual(before)
})
