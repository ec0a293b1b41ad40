import type { Kafka } from 'kafkajs'
import { clusterWarnings, partitionsOf, withAdmin } from './ask-cluster.ts'
import { skewOf } from './skew.ts'

export interface DescribedPartition {
  partition: number
  /** −1 when there is none; then `low` and `high` are −1, not known. */
  leader: number
  replicas: number[]
  isr: number[]
  low: number
  high: number
}

export interface DescribedTopic {
  topic: string
  /** Empty when the topic does not exist. */
  partitions: DescribedPartition[]
  /** The fullest over the average, 1 when even: leaders a broker, records a partition. */
  skew: { leaders: number; records: number }
}

export interface DescribeReport {
  topics: DescribedTopic[]
  warnings: string[]
}

/** Leaders, replicas, offsets and skew of the topic and of `<topic>-dlq`. */
export function describeTopics(kafka: Kafka, { topic }: { topic: string }): Promise<DescribeReport> {
  return withAdmin(kafka, `describe ${topic}`, async admin => {
    const { brokers } = await admin.describeCluster()
    const warnings = await clusterWarnings(admin, brokers)
    const topics: DescribedTopic[] = []
    for (const name of [topic, `${topic}-dlq`]) {
      const found = await partitionsOf(admin, name)
      if (found.length === 0) warnings.push(`${name} does not exist: run \`clicktrail topics apply\``)
      const offsets = found.length > 0 ? await admin.fetchTopicOffsets(name) : []
      const partitions = found.map(({ partitionId, leader, replicas, isr }) => {
        const range = offsets.find(({ partition }) => partition === partitionId)
        return {
          partition: partitionId,
          leader,
          replicas,
          isr,
          low: Number(range?.low ?? -1),
          high: Number(range?.high ?? -1),
        }
      })
      for (const { partition, leader, isr, replicas } of partitions) {
        if (leader < 0) warnings.push(`${name}/${partition} has no leader: nothing is written to it or read from it`)
        if (isr.length < replicas.length) {
          warnings.push(`${name}/${partition} has ${isr.length} of ${replicas.length} replicas in sync`)
        }
      }
      topics.push({ topic: name, partitions, skew: skewOf(partitions, brokers.length) })
    }
    return { topics, warnings }
  })
}
