import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { elasticsearchClient } from '../../consumers/elasticsearch/client.ts'
import { applyTopics } from '../../topic/kafka/admin.ts'
import { kafkaClient } from '../../topic/kafka/connect.ts'
import { createKafkaWriter } from '../../topic/kafka/writer.ts'
import { encodeRecord } from '../../topic/record.ts'
import { type Clicktrail, freePort, runClicktrail, spawnClicktrail, untilSaid } from '../support/clicktrail.ts'
import { elasticsearchRows } from '../support/elasticsearch-rows.ts'
import { hdfsRows } from '../support/landed-rows.ts'
import { eventRecord, tabOf } from '../support/log-records.ts'
import { removeIndex } from '../support/remove-index.ts'
import { until } from '../support/until.ts'

const brokers = process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092'
const webHdfs = process.env['HDFS_URL'] ?? 'http://127.0.0.1:9870'
const elasticsearch = process.env['ELASTICSEARCH_URL'] ?? 'http://127.0.0.1:9200'
const topic = `it-letters-${Date.now().toString(36)}`
const path = `/tmp/clicktrail-letters-${randomUUID()}/events`
const folder = mkdtempSync(join(tmpdir(), 'clicktrail-letters-'))
const kafka = kafkaClient({ brokers: brokers.split(',') })
const running: Clicktrail[] = []

const kafkaOnly = { KAFKA_BROKERS: brokers, CLICKTRAIL_TOPIC: topic }
const env = {
  ...kafkaOnly,
  ELASTICSEARCH_URL: elasticsearch,
  ELASTICSEARCH_INDEX: topic,
  HDFS_URL: webHdfs,
  HDFS_USER: 'clicktrail',
  HDFS_PATH: path,
  CLICKTRAIL_FLUSH_MAX_AGE_MS: '300',
}
const dlq = (args: string, given: Record<string, string> = env) =>
  runClicktrail({ args: ['dlq', ...args.split(' ')], env: given })

async function spawn(args: string): Promise<Clicktrail> {
  const own = { ...env, CLICKTRAIL_ADMIN_PORT: String(await freePort()) }
  const one = spawnClicktrail({ args: args.split(' '), env: own })
  running.push(one)
  await untilSaid(one, 'partitions assigned')
  return one
}

async function append(name: string, partition: number, values: readonly Uint8Array[]): Promise<void> {
  const writer = createKafkaWriter(kafka, { topic: name, acks: -1 })
  await writer.ready()
  await writer.append(
    partition,
    values.map(value => ({ value })),
  )
  await writer.close()
}

const event = (sequence: number, ip = '203.0.113.0') =>
  encodeRecord({ ...eventRecord({ tab: tabOf(sequence), sequence }), client: { ip } })
const idsInElasticsearch = async () =>
  (await elasticsearchRows(elasticsearch, topic)).map(row => row.event.sequence).sort((a, b) => a - b)
const idsInFiles = async () => (await hdfsRows(webHdfs, path)).map(row => row.event.sequence).sort((a, b) => a - b)
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n)
const untilLetters = (words: RegExp) =>
  until(async () => words.test((await dlq('list')).output), { what: `${words} in the list`, everyMs: 200 })
async function untilStored(sequences: readonly number[]): Promise<void> {
  const all = async () =>
    (await idsInElasticsearch()).length >= sequences.length && (await idsInFiles()).length >= sequences.length
  await until(all, { what: 'the events in both storages', timeoutMs: 60_000, everyMs: 300 })
  expect(await idsInElasticsearch()).toEqual(sequences)
  expect(await idsInFiles()).toEqual(sequences)
}

beforeAll(async () => {
  await applyTopics(kafka, { topic, partitions: 2, replicationFactor: 1 })
  await spawn('consume hdfs')
  await spawn('consume elasticsearch')
}, 60_000)

afterAll(async () => {
  await Promise.all(running.map(one => one.stop()))
  rmSync(folder, { recursive: true, force: true })
  const client = elasticsearchClient({ urls: [elasticsearch] })
  await removeIndex(client, topic)
  await client.close()
  const admin = kafka.admin()
  await admin.connect()
  await admin.deleteTopics({ topics: [topic, `${topic}-dlq`] })
  await admin.disconnect()
}, 60_000)

test('says that there is no such topic, and makes none', async () => {
  const { code, output } = await dlq('list', { ...kafkaOnly, CLICKTRAIL_TOPIC: `${topic}-other` })
  expect(output).toContain(`there is no topic ${topic}-other-dlq`)
  expect(code).toBe(1)
})

test('what both storages refuse is repaired once and lands in both, once', async () => {
  const broken = Buffer.from(event(2)).toString().replace('"color"', '"color')
  await append(topic, 0, [event(1), Buffer.from(broken), event(3)])
  await untilLetters(/2 waiting/)
  const show = await dlq('show 1:0')
  expect(show.output).toContain(`${topic}, partition 0, offset 1`)
  expect(show.output).toContain('it is no JSON from here on')

  const file = join(folder, 'letter.json')
  writeFileSync(file, event(2))
  const replay = await dlq(`replay 1:0 --value ${file}`)
  expect(replay.output).toContain('to the topic, for every writer (1:0)')
  expect(replay.output).toContain('the same record as another letter (1:1)')
  expect(replay.code).toBe(0)
  await untilStored([1, 2, 3])
  expect((await dlq('list')).output).toContain('0 waiting')
})

test('what Elasticsearch alone refuses goes there alone, under the place of its record', async () => {
  await append(topic, 1, [event(4, 'no address'), event(5, 'no address'), event(6)])
  await untilLetters(/elasticsearch +mapping +1 +2 +2 /)
  const letters = JSON.parse((await dlq('list --reason mapping --json')).output).rows[0]
  expect(letters.example.name).toMatch(/^1:\d$/)

  const file = join(folder, 'letter.json')
  writeFileSync(file, event(5))
  expect((await dlq(`replay ${letters.example.name} --value ${file}`, kafkaOnly)).output).toContain(
    'set ELASTICSEARCH_URL',
  )
  const replay = await dlq(`replay ${letters.example.name} --value ${file}`)
  expect(replay.output).toContain('to Elasticsearch')
  const repaired = (await elasticsearchRows(elasticsearch, topic)).find(row => row.event.sequence === 5)
  expect(repaired?.kafka).toMatchObject({ topic, partition: 1, offset: 1 })

  const again = await dlq('replay --sink elasticsearch')
  expect(again.output).toContain('refused by Elasticsearch again: a new letter (0:')
  expect(again.code).toBe(1)
  const list = JSON.parse((await dlq('list --reason mapping --json')).output).rows[0]
  expect(list).toMatchObject({ letters: 3, waiting: 1 })
  expect(await idsInFiles()).toEqual([1, 2, 3, 4, 5, 6])
})

test('a replay that is killed goes on where it was, and nothing is stored twice', async () => {
  await append(
    `${topic}-dlq`,
    0,
    range(100, 500).map(n => event(n)),
  )
  const cut = spawnClicktrail({ args: ['dlq', 'replay', '--reason', 'unknown', '--rate', '100'], env })
  await until(async () => (await idsInFiles()).length > 30, { what: 'the first replayed ones', everyMs: 100 })
  await cut.stop('SIGKILL')
  const waiting = JSON.parse((await dlq('list --reason unknown --json')).output).rows[0].waiting
  expect(waiting).toBeGreaterThan(0)
  expect(waiting).toBeLessThan(400)

  // The brokers wait for the killed member a while.
  await until(async () => (await dlq('replay --reason unknown --rate 5000')).code === 0, {
    what: 'the group',
    timeoutMs: 60_000,
    everyMs: 2_000,
  })
  await until(async () => (await idsInFiles()).length >= 406, { what: 'the rest', timeoutMs: 60_000 })
  expect(await idsInFiles()).toEqual([1, 2, 3, 4, 5, 6, ...range(100, 500)])
  await until(async () => (await idsInElasticsearch()).length >= 405, { what: 'the rest', timeoutMs: 60_000 })
  expect(await idsInElasticsearch()).toEqual([1, 2, 3, 5, 6, ...range(100, 500)])
}, 180_000)

test('consume dlq replays what comes, and a command that would do the same is refused meanwhile', async () => {
  const consumer = await spawn('consume dlq --after 0s')
  await append(`${topic}-dlq`, 1, [event(600)])
  await until(async () => (await idsInFiles()).includes(600) && (await idsInElasticsearch()).includes(600), {
    what: 'the letter in both storages',
    timeoutMs: 60_000,
  })
  const { code, output } = await dlq('replay')
  expect(output).toContain(`${topic}-dlq has 1 running`)
  expect(code).toBe(1)
  expect((await dlq('list --reason unknown')).output).toContain('0 waiting')
  expect(await consumer.stop()).toBe(0)
}, 120_000)
