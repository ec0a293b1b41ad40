import type { Logger } from 'pino'
import type { LogRecord, TopicReader } from '../topic/topic.ts'
import type { BackoffOptions } from './backoff.ts'
import type { DeadLetterOffice } from './dead-letter-office.ts'
import type { Holds } from './holds.ts'
import type { ConsumerMetrics } from './metrics.ts'
import type { PartitionStatus } from './partition-status.ts'
import type { Sink } from './sink.ts'

export interface LaneOptions {
  partition: number
  reader: TopicReader
  sink: Sink
  deadLetters: DeadLetterOffice
  logger: Logger
  metrics: ConsumerMetrics
  now: () => number
  backoff: BackoffOptions
  /** The lane of the assignment before, if there was one: this one begins when that has ended. */
  after: Promise<void>
  /** Delivered bytes that may wait for the sink before the partition is paused, now. */
  maxIntakeBytes(): number
  /** Called when records came or went. */
  onWeight(): void
}

/** One partition during one assignment. */
export interface PartitionLane {
  readonly partition: number
  /** Resolves when the partition was sought, or can't be for now and is paused. Never rejects. */
  readonly started: Promise<void>
  /** Resolves when nothing of this lane is going on any more and the sink's buffer is dropped. Never rejects. */
  readonly ended: Promise<void>
  push(records: readonly LogRecord[]): void
  /** Looks again whether a flush is due. */
  wake(): void
  /** Flushes what there is, now. */
  force(): void
  readonly holds: Holds
  /** Flushes and commits what there is, then ends. */
  drain(): void
  /** Ends as soon as what is going on has noticed; nothing is committed any more. */
  abort(): void
  /** Bytes held for this partition, by the sink and by the lane. */
  bytes(): number
  /** The partition's log goes to here now. */
  sawEnd(high: number): void
  /** Whether a flush is going on or asked for. */
  flushing(): boolean
  status(): PartitionStatus
}
