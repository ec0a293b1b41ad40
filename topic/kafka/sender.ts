import type { Logger } from 'pino'
import type { TopicRecord } from '../topic.ts'

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
