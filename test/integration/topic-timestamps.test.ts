import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { kafkaClient } from '../../topic/kafka/connect.ts'
import { createKafkaReader } from '../../topic/kafka/reader.ts'
import { until } from '../support/until.ts'

const kafka = kafkaClient({ brokers: (process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(',') })
const admin = kafka.admin()
const made: string[] = []

beforeAll(() => admin.connect())
afterAll(async () => {
  await admin.deleteTopics({ topics: made })
  await admin.disconnect()
})

/** What a reader of a topic with such timestamps has logged when it has its partitions. */
async function saidOf(type: string): Promise<string> {
  const topic = `timestamps-${randomUUID()}`
  const configEntries = [{ name: 'message.timestamp.type', value: type }]
  await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: 1, configEntries }] })
  made.push(topic)
  let said = ''
  let assigned = false
  const write = (line: string) => {
    said += line
  }
  const logger = pino({ level: 'warn' }, { write })
  const reader = createKafkaReader(kafka, { topic, group: `${topic}-group`, logger })
  await reader.start({
    assigned: async () => {
      assigned = true
    },
    revoked() {},
    records() {},
    failed() {},
  })
  await until(() => assigned, { what: 'partitions' })
  await reader.close()
  return said
}

test('warns where records carry the clocks of whoever writes', async () => {
  expect(await saidOf('CreateTime')).toContain('clicktrail topics apply')
})

test('says nothing where the brokers set the time', async () => {
  expect(await saidOf('LogAppendTime')).not.toContain('clicktrail topics apply')
})
