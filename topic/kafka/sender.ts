import type { Kafka } from 'kafkajs'
import type { Logger } from 'pino'
import type { TopicRecord } from '../topic.ts'
import { connectDirectSender } from './direct-sender.ts'
import { openCluster } from './kafkajs-internals.ts'
import { connectStockSender } from './stock-sender.ts'

export interface SenderOptions {
  topic: string
  acks: 0 | 1 | -1
  logger?: Logger | undefined
  /** `stock` sends through kafkajs's own producer, at four times the CPU. @default 'direct' where this kafkajs is the one we know */
  path?: 'direct' | 'stock' | undefined
}

/** The way of records to the leader of their partition. Rejects with what kafkajs throws. */
export interface Sender {
  readonly path: 'direct' | 'stock'
  /** Most records of one send. */
  readonly maxRecords: number
  /** Partition count as last seen, within 10 s of sends; 0 when that is not known yet. */
  partitions(): number
  /**
   * One batch to one partition, acknowledged as configured. A leader that moved or went away is looked for until `deadline`
   * (ms since the epoch), so that records may be on the log twice, also after a rejection.
   */
  send(partition: number, records: readonly TopicRecord[], deadline: number): Promise<void>
  close(): Promise<void>
}

/** How long one produce request waits for its answer, milliseconds. */
const requestTimeoutMs = 4_000

/** Connects, directly if we may. Rejects when no broker is there, or the topic isn't. */
export async function connectSender(kafka: Kafka, options: SenderOptions): Promise<Sender> {
  if (options.path === 'stock') return connectStockSender(kafka, options)
  const cluster = openCluster(kafka, { requestTimeoutMs })
  const sender = typeof cluster === 'string' ? cluster : await connectDirectSender(cluster, options)
  if (typeof sender !== 'string') return sender
  options.logger?.warn({ topic: options.topic, reason: sender }, "records go through kafkajs's own producer: slower")
  return connectStockSender(kafka, options)
}
