import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Consumer, createConsumer } from '../../consumers/consumer.ts'
import { elasticsearchClient } from '../../consumers/elasticsearch/client.ts'
import { setupElasticsearch } from '../../consumers/elasticsearch/setup.ts'
import { createElasticsearchSink } from '../../consumers/elasticsearch/sink.ts'
import { applyTopics } from '../../topic/kafka/admin.ts'
import { kafkaClient } from '../../topic/kafka/connect.ts'
import { createKafkaReader } from '../../topic/kafka/reader.ts'
import { createKafkaWriter } from '../../topic/kafka/writer.ts'
import { encodeRecord } from '../../topic/record.ts'
import { elasticsearchRows } from '../support/elasticsearch-rows.ts'
import { eventRecord, tabOf } from '../support/log-records.ts'
import { removeIndex } from '../support/remove-index.ts'
import { until } from '../support/until.ts'

const brokers = (process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(',')
const url = process.env['ELASTICSEARCH_URL'] ?? 'http://127.0.0.1:9200'
const topic = `it-es-${Date.now().toString(36)}`
const group = `${topic}-elasticsearch`
const logger = pino({ level: 'warn' })
const kafka = kafkaClient({ brokers })
const client = elasticsearchClient({ urls: [url] })
const partitions = 3
const events = 5_000

beforeAll(async () => {
  await applyTopics(kafka, { topic, partitions, replicationFactor: 1 })
  await setupElasticsearch(client, { index: topic })
})

afterAll(async () => {
  await removeIndex(client, topic)
  await client.close()
  const admin = kafka.admin()
  await admin.connect()
  await admin.deleteTopics({ topics: [topic, `${topic}-dlq`] })
  await admin.disconnect()
})

async function withConsumer<T>(body: (consumer: Consumer, counts: () => object) => Promise<T>): Promise<T> {
  const deadLetters = createKafkaWriter(kafka, { topic: `${topic}-dlq`, acks: -1 })
  const sink = createElasticsearchSink({
    client: elasticsearchClient({ urls: [url] }),
    topic,
    index: topic,
    logger,
    maxAgeMs: 200,
  })
  const consumer = createConsumer({ reader: createKafkaReader(kafka, { topic, group }), sink, deadLetters, logger })
  await consumer.start()
  try {
    return await body(consumer, () => sink.counts())
  } finally {
    await consumer.close()
    await deadLetters.close()
  }
}

/** Appends `count` events a tab, of which each is sent twice when `copies`. */
async function append(from: number, to: number): Promise<void> {
  const writer = createKafkaWriter(kafka, { topic, acks: -1 })
  await writer.ready()
  for (let partition = 0; partition < partitions; partition++) {
    const records = []
    for (let n = from; n < to; n++)
      if (n % partitions === partition)
        records.push({ value: encodeRecord(eventRecord({ tab: tabOf(n % 50), sequence: n + 1 })) })
    for (let start = 0; start < records.length; start += 500)
      await writer.append(partition, records.slice(start, start + 500))
  }
  await writer.close()
}

const landedOf = async () => (await elasticsearchRows(url, topic)).length
const reached = (consumer: Consumer, total: number) => () =>
  consumer.status().reduce((sum, one) => sum + (one.next ?? 0), 0) === total

it('lands each of 5,000 events once, and counts the copies that came beside them', async () => {
  await append(0, events)
  await append(0, 300)
  await withConsumer(async (consumer, counts) => {
    await until(reached(consumer, events + 300), { what: 'the end of the log' })
    expect(counts()).toEqual({ landed: events, redelivered: 0, copies: 300, gapOffsets: 0 })
  })
  const rows = await elasticsearchRows(url, topic)
  expect(new Set(rows.map(row => row.event.id)).size).toBe(events)
  expect(rows).toHaveLength(events)
})

it('goes on after a restart where it stood, and reads again only what it checks', async () => {
  await append(events, events + 100)
  await withConsumer(async (consumer, counts) => {
    await until(async () => (await landedOf()) === events + 100, { what: 'the new events' })
    await until(() => consumer.status().every(one => one.committed !== undefined), { what: 'the commits' })
    expect(counts()).toEqual({ landed: 100, redelivered: 0, copies: 0, gapOffsets: 0 })
  })
})
