import { randomUUID } from 'node:crypto'
import { applyTopics } from '../../topic/kafka/admin.ts'
import { kafkaClient } from '../../topic/kafka/connect.ts'
import { createKafkaReader } from '../../topic/kafka/reader.ts'
import { createKafkaWriter } from '../../topic/kafka/writer.ts'
import type { TopicReader, TopicWriter } from '../../topic/topic.ts'
import { logger } from './landing-run.ts'
import { makeRecords } from './records.ts'

export interface KafkaLog {
  writer: TopicWriter
  /** A member of the same group each time, to be closed before the next. */
  reader(): TopicReader
  /** Appends so many records to each partition. */
  append(count: number): Promise<void>
}

const batch = 500

/** A topic of its own on the real Kafka while `use` runs, named as the rows say: `bench`. */
export async function withKafkaLog<T>(
  brokers: string[],
  partitions: number,
  use: (log: KafkaLog) => Promise<T>,
): Promise<T> {
  const kafka = kafkaClient({ brokers, logger })
  const topic = `bench-hdfs-${randomUUID()}`
  await applyTopics(kafka, { topic, partitions, replicationFactor: 1 })
  const writer = createKafkaWriter(kafka, { topic, acks: 1 })
  await writer.ready()
  let appended = 0
  const fill = async (partition: number, from: number, count: number) => {
    for (let offset = from; offset < from + count; offset += batch) {
      const records = makeRecords(partition, offset, Math.min(batch, from + count - offset), 0)
      await writer.append(
        partition,
        records.map(({ value }) => ({ value: value ?? Buffer.alloc(0) })),
      )
    }
  }
  try {
    return await use({
      writer,
      reader: () => createKafkaReader(kafka, { topic, group: `${topic}-hdfs`, logger }),
      async append(count) {
        await Promise.all(Array.from({ length: partitions }, (_, partition) => fill(partition, appended, count)))
        appended += count
      },
    })
  } finally {
    await writer.close()
    const admin = kafka.admin()
    await admin.connect()
    await admin.deleteTopics({ topics: [topic, `${topic}-dlq`] })
    await admin.disconnect()
  }
}
