import type { Logger } from 'pino'
import type { TopicWriter } from '../topic/topic.ts'
import { type BackoffOptions, backoffMs, wait } from './backoff.ts'
import { type DeadLetterOrigin, deadLetterBatches } from './dead-letter.ts'
import type { Rejected } from './sink.ts'
import { untilAborted } from './until-aborted.ts'

export interface DeadLetterOfficeOptions {
  /** Appends with acks=all. */
  writer: TopicWriter
  sink: string
  group: string
  topic: string
  logger: Logger
  backoff: BackoffOptions
}

export interface BuryOptions {
  partition: number
  signal: AbortSignal
  /** Called when the dead-letter topic is found away, once: the partition is to be paused. */
  onAway(): void
}

export interface DeadLetterOffice {
  /**
   * Resolves when every one of `rejected` is acknowledged by the dead-letter topic, in as many tries as it takes; rejects
   * only when `signal` aborts. At least once: what an append that failed has written is written again.
   */
  bury(rejected: readonly Rejected[], options: BuryOptions): Promise<void>
}

export function createDeadLetterOffice(options: DeadLetterOfficeOptions): DeadLetterOffice {
  const { writer, sink, group, topic, logger, backoff } = options

  async function append(rejected: readonly Rejected[], origin: DeadLetterOrigin, bury: BuryOptions): Promise<void> {
    if (writer.partitions() === 0) await untilAborted(writer.ready(), bury.signal)
    const limits = { partitions: writer.partitions(), maxRecordBytes: writer.maxRecordBytes() }
    for (const batch of deadLetterBatches(rejected, origin, limits))
      await untilAborted(writer.append(batch.partition, batch.records), bury.signal)
  }

  return {
    async bury(rejected, bury) {
      const origin = { sink, group, topic, partition: bury.partition }
      for (let attempt = 0; ; attempt++) {
        // A missing dead-letter topic shows as `ready` that doesn't resolve: the partition is paused meanwhile.
        if (attempt === 0 && writer.partitions() === 0) bury.onAway()
        try {
          await append(rejected, origin, bury)
          logger.warn({ ...origin, records: rejected.length, reasons: countReasons(rejected) }, 'dead letters written')
          return
        } catch (error) {
          if (bury.signal.aborted) throw error
          if (attempt === 0) bury.onAway()
          logger.error({ err: error, ...origin, attempt }, 'dead letters refused: the partition waits')
          await wait(backoffMs(attempt, backoff), bury.signal)
          bury.signal.throwIfAborted()
        }
      }
    },
  }
}

function countReasons(rejected: readonly Rejected[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { reason } of rejected) counts[reason] = (counts[reason] ?? 0) + 1
  return counts
}
