import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applyTopics } from '../../topic/kafka/admin.ts'
import { kafkaClient } from '../../topic/kafka/connect.ts'
import { createKafkaReader } from '../../topic/kafka/reader.ts'
import { createKafkaWriter } from '../../topic/kafka/writer.ts'
import { eventually, follow, recordsOf } from '../support/describe-topic.ts'

const kafka = kafkaClient({ brokers: (process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(',') })
const admin = kafka.admin()
const paths = ['direct', 'stock'] as const
const made: string[] = []

async function newTopic(partitions: number): Promise<string> {
  const topic = `topic-partitions-${randomUUID()}`
  made.push(topic, `${topic}-dlq`)
  await applyTopics(kafka, { topic, partitions, replicationFactor: 1 })
  return topic
}

beforeAll(() => admin.connect())
afterAll(async () => {
  const present = await admin.listTopics()
  await admin.deleteTopics({ topics: made.filter(topic => present.includes(topic)) })
  await admin.disconnect()
})

// Side by side: each waits for the next look at the metadata, which comes every 10 s.
describe.concurrent('createKafkaWriter, when partitions come and go', () => {
  test.for(paths)(
    'goes on with the partitions that are left when the topic is made again with fewer: %s',
    async (path, { onTestFinished }) => {
      const topic = await newTopic(3)
      const writer = createKafkaWriter(kafka, { topic, acks: 1, path })
      onTestFinished(() => writer.close())
      await writer.ready()
      await writer.append(2, recordsOf('of before'))
      await admin.deleteTopics({ topics: [topic] })
      await eventually(async () => expect(await admin.listTopics()).not.toContain(topic))
      await applyTopics(kafka, { topic, partitions: 2, replicationFactor: 1 })
      await eventually(async () => {
        await writer.append(0, recordsOf('tick'))
        expect(writer.partitions()).toBe(2)
      })
      await expect(writer.append(2, recordsOf('nowhere'))).rejects.toMatchObject({
        code: 'closed',
        message: `${topic} has no partition 2, only 2`,
      })
      await writer.append(1, recordsOf('on'))
    },
  )

  test.for(paths)('sees a partition that was added while it was running: %s', async (path, { onTestFinished }) => {
    const topic = await newTopic(2)
    const writer = createKafkaWriter(kafka, { topic, acks: 1, path })
    const reader = createKafkaReader(kafka, { topic, group: topic })
    onTestFinished(() => Promise.all([writer.close(), reader.close()]).then(() => undefined))
    const follower = follow()
    await writer.ready()
    await reader.start(follower)
    await applyTopics(kafka, { topic, partitions: 3, replicationFactor: 1 })
    await eventually(async () => {
      await writer.append(0, recordsOf('tick'))
      expect(writer.partitions()).toBe(3)
    })
    await writer.append(2, recordsOf('third'))
    await eventually(() => expect(follower.offsets(2)).toEqual([0]))
    expect(follower.assignments.at(-1)).toEqual([0, 1, 2])
  })
})
