import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createConsumer } from '../../consumers/consumer.ts'
import { applyTopics } from '../../topic/kafka/admin.ts'
import { kafkaClient } from '../../topic/kafka/connect.ts'
import { createKafkaReader } from '../../topic/kafka/reader.ts'
import { createKafkaWriter } from '../../topic/kafka/writer.ts'
import { encodeRecord } from '../../topic/record.ts'
import type { LogRecord } from '../../topic/topic.ts'
import { eventRecord } from '../support/log-records.ts'
import { createMemorySink, type MemoryStorage } from '../support/memory-sink.ts'
import { until } from '../support/until.ts'

const brokers = (process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(',')
const topic = `it-dlq-${Date.now().toString(36)}`
const kafka = kafkaClient({ brokers })
const logger = pino({ level: 'silent' })

beforeAll(() => applyTopics(kafka, { topic, partitions: 2, replicationFactor: 1 }))
afterAll(async () => {
  const admin = kafka.admin()
  await admin.connect()
  await admin.deleteTopics({ topics: [topic, `${topic}-dlq`] })
  await admin.disconnect()
})

async function readDeadLetters(count: number): Promise<LogRecord[]> {
  const read: LogRecord[] = []
  const reader = createKafkaReader(kafka, { topic: `${topic}-dlq`, group: `${topic}-dlq` })
  await reader.start({
    async assigned(partitions) {
      for (const partition of partitions) reader.seek(partition, 0)
    },
    revoked() {},
    records: (_, records) => void read.push(...records),
    failed(error) {
      throw error
    },
  })
  await until(() => read.length >= count, { what: `${count} dead letters` })
  await reader.close()
  return read
}

it('keeps what cannot be stored in the dead-letter topic, bytes untouched, and lands the rest', async () => {
  const writer = createKafkaWriter(kafka, { topic, acks: -1 })
  await writer.ready()
  const good = Array.from({ length: 5 }, (_, index) => ({ value: encodeRecord(eventRecord({ sequence: index + 1 })) }))
  const garbage = Buffer.from([0xff, 0x00, 0x7b, 0x22])
  await writer.append(0, [...good.slice(0, 2), { value: garbage, headers: { trace: 'abc' } }, ...good.slice(2)])
  await writer.append(1, [{ value: Buffer.from('{"site":"x"}') }])
  await writer.close()

  const storage: MemoryStorage = new Map()
  const deadLetters = createKafkaWriter(kafka, { topic: `${topic}-dlq`, acks: -1 })
  const group = `${topic}-memory`
  const consumer = createConsumer({
    reader: createKafkaReader(kafka, { topic, group }),
    sink: createMemorySink({ storage, maxAgeMs: 100 }),
    deadLetters,
    logger,
  })
  await consumer.start()
  await until(
    () =>
      consumer
        .status()
        .map(one => one.committed)
        .join() === '6,1',
    { what: 'the commits' },
  )
  await consumer.close()
  await deadLetters.close()

  expect(storage.get(0)?.map(one => one.offset)).toEqual([0, 1, 3, 4, 5])
  expect(storage.get(1) ?? []).toEqual([])
  const letters = await readDeadLetters(2)
  expect(letters).toHaveLength(2)
  const undecodable = letters.find(one => one.headers?.['clicktrail.reason'] === 'undecodable')
  expect(Buffer.from(undecodable?.value ?? [])).toEqual(garbage)
  expect(undecodable?.headers).toMatchObject({
    trace: 'abc',
    '__connect.errors.topic': topic,
    '__connect.errors.partition': '0',
    '__connect.errors.offset': '2',
    '__connect.errors.connector.name': group,
    'clicktrail.sink': 'memory',
  })
  const invalid = letters.find(one => one.headers?.['clicktrail.reason'] === 'invalid')
  expect(invalid?.headers).toMatchObject({ '__connect.errors.partition': '1', '__connect.errors.offset': '0' })
})
