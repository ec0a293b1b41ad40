import { randomUUID } from 'node:crypto'
import { applyTopics } from '../../topic/kafka/admin.ts'
import { kafkaClient } from '../../topic/kafka/connect.ts'
import { createKafkaWriter } from '../../topic/kafka/writer.ts'
import type { TopicRecord, TopicWriter } from '../../topic/topic.ts'
import { cpuMicros, type Pair } from './pair.ts'

const partitions = [0, 1, 2]

export interface Appends {
  recordsPerSecond: Pair[]
  /** CPU microseconds a record, of this process: not the broker's. */
  micros: Pair[]
}

/** Appends one batch at a time to each partition, for so long. */
async function run(writer: TopicWriter, records: readonly TopicRecord[], seconds: number) {
  const started = performance.now()
  const end = started + seconds * 1_000
  let appended = 0
  const cpu = await cpuMicros(async () => {
    const lanes = partitions.map(async partition => {
      while (performance.now() < end) {
        await writer.append(partition, records)
        appended += records.length
      }
    })
    await Promise.all(lanes)
  })
  return { rate: appended / ((performance.now() - started) / 1_000), micros: cpu / appended }
}

/** Writes to a topic of its own on a real broker (acks=1), the two paths taking turns, and deletes it. */
export async function measureAppends(
  brokers: string[],
  records: readonly TopicRecord[],
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<Appends> {
  const kafka = kafkaClient({ brokers })
  const topic = `bench-produce-${randomUUID()}`
  await applyTopics(kafka, { topic, partitions: partitions.length, replicationFactor: 1 })
  const stock = createKafkaWriter(kafka, { topic, acks: 1, path: 'stock' })
  const direct = createKafkaWriter(kafka, { topic, acks: 1, path: 'direct' })
  const appends: Appends = { recordsPerSecond: [], micros: [] }
  try {
    for (const writer of [stock, direct]) {
      await writer.ready()
      await run(writer, records, 1)
    }
    for (let round = 0; round < rounds; round++) {
      const [one, other] = [await run(stock, records, seconds), await run(direct, records, seconds)]
      appends.recordsPerSecond.push({ stock: one.rate, direct: other.rate })
      appends.micros.push({ stock: one.micros, direct: other.micros })
    }
  } finally {
    await Promise.all([stock.close(), direct.close()])
    const admin = kafka.admin()
    await admin.connect()
    await admin.deleteTopics({ topics: [topic, `${topic}-dlq`] })
    await admin.disconnect()
  }
  return appends
}
