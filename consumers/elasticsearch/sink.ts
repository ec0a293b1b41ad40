import type { Client } from '@elastic/elasticsearch'
import type { Logger } from 'pino'
import type { BackoffOptions } from '../backoff.ts'
import type { Sink, SinkCounts } from '../sink.ts'
import { createBulk } from './bulk.ts'
import { land } from './land.ts'
import { createPartitionBuffer, type PartitionBuffer } from './partition-buffer.ts'

export interface ElasticsearchSinkOptions {
  /** Closed by `close()`. */
  client: Client
  /** Goes into `kafka.topic` of each document. */
  topic: string
  /** Daily indices are `<index>-YYYY.MM.DD`. @default 'clicktrail' */
  index?: string
  logger: Logger
  /** A bulk is sent when its first record is this old, milliseconds. @default 1000 */
  maxAgeMs?: number
  /** … or at this size of its body, bytes; no bulk of more than one record is larger. @default 5000000 */
  maxBytes?: number
  /** … or at this many records; no bulk has more. @default 1000 */
  maxRecords?: number
  /** Between tries of what was refused for a while. */
  backoff?: BackoffOptions
}

const defaults = { index: 'clicktrail', maxAgeMs: 1_000, maxBytes: 5_000_000, maxRecords: 1_000, backoff: {} }

/**
 * Each event once in Elasticsearch: created under its event id in an index that depends on the event alone, so that
 * redeliveries and copies are refused there. `start` follows the committed offset. A flush resolves when all its documents
 * are stored or refused for good, and waits for a cluster that is away or full; it throws when it is refused as such.
 */
export function createElasticsearchSink(options: ElasticsearchSinkOptions): Sink {
  const { client, topic, index, maxAgeMs, maxBytes, maxRecords, backoff } = { ...defaults, ...options }
  const logger = options.logger.child({ sink: 'elasticsearch' })
  const bulk = createBulk(client)
  const buffers = new Map<number, PartitionBuffer>()
  const counts: SinkCounts = { landed: 0, redelivered: 0, copies: 0, gapOffsets: 0 }

  function bufferOf(partition: number): PartitionBuffer {
    const buffer = buffers.get(partition)
    if (!buffer) throw new Error(`partition ${partition} is not started`)
    return buffer
  }

  return {
    name: 'elasticsearch',
    async start(partition, assignment) {
      buffers.delete(partition)
      const { committed, low } = assignment
      if (committed && committed.next < low) {
        const lost = { partition, from: committed.next, to: low - 1 }
        counts.gapOffsets += low - committed.next
        logger.error(lost, 'offsets were lost to retention before they were read')
      }
      const buffer = createPartitionBuffer({ topic, partition }, index, assignment)
      buffers.set(partition, buffer)
      return buffer.from
    },
    add(partition, records, nowMs) {
      return bufferOf(partition).add(records, nowMs)
    },
    buffered: partition => buffers.get(partition)?.buffered() ?? { records: 0, bytes: 0, sinceMs: undefined },
    due(partition, nowMs) {
      const { records, bytes, sinceMs } = bufferOf(partition).buffered()
      if (sinceMs === undefined) return false
      return records >= maxRecords || bytes >= maxBytes || nowMs - sinceMs >= maxAgeMs
    },
    async flush(partition, signal) {
      const buffer = bufferOf(partition)
      const entries = buffer.first(maxRecords, maxBytes)
      const landed = await land(entries, { bulk, place: { topic, partition }, logger, backoff, signal })
      buffer.shift(entries.length)
      counts.landed += landed.created
      counts.redelivered += landed.redelivered
      counts.copies += landed.copies
      const { rejected, ...figures } = landed
      logger.debug({ partition, ...figures, rejected: rejected.length }, 'bulk landed')
      return { ...buffer.position(), rejected }
    },
    drop: partition => void buffers.delete(partition),
    counts: () => ({ ...counts }),
    close: () => client.close(),
  }
}
