import { TopicError } from '../topic.ts'

export interface PlanOptions {
  topic: string
  /** Never fewer than 2. @default 6 */
  partitions?: number
  /** @default 2 */
  replicationFactor?: number
  /** Replication factor 3 at least, and min.insync.replicas 2, for acks=all. @default false */
  durable?: boolean
  /** Age from which the topic's records may go. @default the broker's, and 30 days at least for dead letters */
  retentionMs?: number
}

/** What a topic is to be like. Settings that are not named stay as they are. */
export interface TopicPlan {
  topic: string
  partitions: number
  replicationFactor: number
  configs: Readonly<Record<string, string>>
}

const deadLetterRetentionMs = 30 * 86_400_000
/** Twice the usual limit: a dead letter is the whole record plus its headers. */
const deadLetterMaxBytes = 2_097_152

function refuse(message: string): never {
  throw new TopicError('closed', message)
}

/** The topic and its dead-letter topic. Throws a {@link TopicError} that says what to do when `brokers` of them can't carry it. */
export function planTopics(options: PlanOptions, brokers: number): TopicPlan[] {
  const { topic, partitions = 6, durable = false, retentionMs } = options
  const replicationFactor = Math.max(options.replicationFactor ?? 2, durable ? 3 : 1)
  if (!Number.isInteger(partitions) || partitions < 2) {
    refuse(`a topic needs 2 partitions at least, not ${partitions}: one alone can be neither spread nor moved`)
  }
  if (replicationFactor > brokers) {
    const brokersText = brokers === 1 ? '1 broker' : `${brokers} brokers`
    refuse(
      `replication factor ${replicationFactor} needs as many brokers and the cluster has ${brokersText}: add brokers, or ask for --replication-factor ${brokers}${durable ? ' without --durable' : ''}`,
    )
  }
  const common = {
    'message.timestamp.type': 'LogAppendTime',
    ...(durable ? { 'min.insync.replicas': '2' } : {}),
  }
  const retention = retentionMs === undefined ? {} : { 'retention.ms': String(retentionMs) }
  const deadLetters = {
    'retention.ms': String(Math.max(retentionMs ?? 0, deadLetterRetentionMs)),
    'max.message.bytes': String(deadLetterMaxBytes),
  }
  return [
    { topic, partitions, replicationFactor, configs: { ...common, ...retention } },
    { topic: `${topic}-dlq`, partitions, replicationFactor, configs: { ...common, ...deadLetters } },
  ]
}
