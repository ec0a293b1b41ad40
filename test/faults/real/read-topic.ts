import { randomUUID } from 'node:crypto'
import type { IHeaders, Kafka } from 'kafkajs'
import type { LogRecord } from '../../../topic/topic.ts'
import { until } from '../../support/until.ts'

export interface ReadRecord extends LogRecord {
  headers: Record<string, string>
}

/** All that a topic holds, by partition and in order, read with kafkajs alone. Nobody may write to it meanwhile. */
export async function readTopic(kafka: Kafka, topic: string): Promise<ReadRecord[][]> {
  const admin = kafka.admin()
  const groupId = `read-${randomUUID()}`
  // its `disconnect` waits for the fetch that is under way
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 200, maxBytesPerPartition: 4 * 1_048_576 })
  try {
    await admin.connect()
    const ends = (await admin.fetchTopicOffsets(topic)).sort((a, b) => a.partition - b.partition)
    const log: ReadRecord[][] = ends.map(() => [])
    const next = ends.map(({ low }) => Number(low))
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        for (const { value, offset, timestamp, headers = {} } of batch.messages) {
          const record = { value, offset: Number(offset), timestampMs: Number(timestamp), headers: textOf(headers) }
          if (record.offset >= (next[batch.partition] ?? 0)) log[batch.partition]?.push(record)
        }
        next[batch.partition] = Number(batch.lastOffset()) + 1
      },
    })
    const isRead = () => ends.every(({ partition, high }) => (next[partition] ?? 0) >= Number(high))
    await until(isRead, { what: `${topic} to be read`, timeoutMs: 60_000, everyMs: 100 })
    return log
  } finally {
    await Promise.allSettled([consumer.disconnect(), admin.disconnect()])
  }
}

function textOf(headers: IHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}
