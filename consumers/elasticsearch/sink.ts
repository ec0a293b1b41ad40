import type { Client } from '@elastic/elasticsearch'
import type { Logger } from 'pino'
import type { BackoffOptions } from '../backoff.ts'
import type { Rejected, Sink, SinkCounts } from '../sink.ts'
import { untilAborted } from '../until-aborted.ts'
import { createBulk } from './bulk.ts'
import { countedBulk } from './counted-bulk.ts'
import { createInFlight } from './in-flight.ts'
import { type Landed, land } from './land.ts'
import { createPartitionBuffer, type PartitionBuffer } from './partition-buffer.ts'
import { preparedBulk } from './prepared-bulk.ts'
import { searchableBulk } from './searchable.ts'

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
  /** Bulks in flight at once at most, of all partitions together; fewer while the server has no room. @default 8 */
  maxInFlight?: number
  /** Between tries of what was refused for a while. */
  backoff?: BackoffOptions
  /** Whether a bulk of which most is refused waits for a repaired mapping, instead of filling the dead letters. @default true */
  waitForMapping?: boolean
}

const defaults = {
  index: 'clicktrail',
  maxAgeMs: 1_000,
  maxBytes: 5_000_000,
  maxRecords: 1_000,
  maxInFlight: 8,
  backoff: {},
  waitForMapping: true,
}

/** A bulk on its way, or landed and not yet accounted for. */
interface Sent {
  records: number
  landed: Promise<Landed>
  settled: boolean
}

interface Partition {
  buffer: PartitionBuffer
  /** In the order of the log. */
  sent: Sent[]
  stop: AbortController
}

/**
 * Each event once in Elasticsearch: created under its event id in an index that depends on the event alone, so that
 * redeliveries and copies are refused there. `start` follows the committed offset. Full bulks leave as they come, several at
 * once. A flush sends what is left, or waits for the first bulk to be stored or refused for good, and accounts for all up to
 * the first that isn't: however long a cluster is away or full. It throws when it is refused as such.
 */
export function createElasticsearchSink(options: ElasticsearchSinkOptions): Sink {
  const { client, topic, index, maxAgeMs, maxBytes, maxRecords, maxInFlight, ...patience } = { ...defaults, ...options }
  const { backoff, waitForMapping } = patience
  const logger = options.logger.child({ sink: 'elasticsearch' })
  const counted = countedBulk(createBulk(client))
  const searchable = searchableBulk(counted.bulk, client)
  const bulk = preparedBulk(searchable.bulk, client, index)
  const inFlight = createInFlight(maxInFlight)
  const partitions = new Map<number, Partition>()
  const counts: SinkCounts = { landed: 0, redelivered: 0, copies: 0, gapOffsets: 0 }

  function stateOf(partition: number): Partition {
    const state = partitions.get(partition)
    if (!state) throw new Error(`partition ${partition} is not started`)
    return state
  }

  const isFull = ({ records, bytes }: { records: number; bytes: number }) => records >= maxRecords || bytes >= maxBytes

  const mayGo = ({ sent }: Partition) => sent.filter(one => !one.settled).length < maxInFlight

  /** Sends the next bulk, full or not. */
  function sendOne(partition: number, state: Partition): void {
    const { buffer, sent, stop } = state
    const entries = buffer.send(maxRecords, maxBytes)
    const place = { topic, partition }
    const landed = land(entries, { bulk, inFlight, place, logger, backoff, waitForMapping, signal: stop.signal })
    const one: Sent = { records: entries.length, landed, settled: false }
    sent.push(one)
    const settle = () => {
      one.settled = true
      if (partitions.get(partition) === state) sendFull(partition, state)
    }
    landed.then(settle, settle)
  }

  function sendFull(partition: number, state: Partition): void {
    while (isFull(state.buffer.unsent()) && mayGo(state)) sendOne(partition, state)
  }

  function account(partition: number, landed: Landed): readonly Rejected[] {
    const { rejected, ...figures } = landed
    counts.landed += landed.created
    counts.redelivered += landed.redelivered
    counts.copies += landed.copies
    logger.debug({ partition, ...figures, rejected: rejected.length }, 'bulk landed')
    return rejected
  }

  function drop(partition: number): void {
    partitions.get(partition)?.stop.abort(new Error(`partition ${partition} was given up`))
    partitions.delete(partition)
  }

  return {
    name: 'elasticsearch',
    async start(partition, assignment) {
      drop(partition)
      const { committed, low } = assignment
      if (committed && committed.next < low) {
        const lost = { partition, from: committed.next, to: low - 1 }
        counts.gapOffsets += low - committed.next
        logger.error(lost, 'offsets were lost to retention before they were read')
      }
      const buffer = createPartitionBuffer({ topic, partition }, index, assignment)
      partitions.set(partition, { buffer, sent: [], stop: new AbortController() })
      return buffer.from
    },
    add(partition, records, nowMs) {
      const state = stateOf(partition)
      const rejected = state.buffer.add(records, nowMs)
      sendFull(partition, state)
      return rejected
    },
    buffered: partition => partitions.get(partition)?.buffer.buffered() ?? { records: 0, bytes: 0, sinceMs: undefined },
    due(partition, nowMs) {
      const state = stateOf(partition)
      if (state.sent[0]?.settled) return true
      const { sinceMs } = state.buffer.unsent()
      return sinceMs !== undefined && nowMs - sinceMs >= maxAgeMs && mayGo(state)
    },
    async flush(partition, signal) {
      const state = stateOf(partition)
      const { buffer, sent } = state
      const rejected: Rejected[] = []
      if (!sent[0]?.settled && buffer.unsent().records > 0 && mayGo(state)) {
        sendOne(partition, state)
        // Those before it go on without anybody waiting, and more can be buffered meanwhile.
        if (sent.length > 1) return { ...buffer.position(), rejected }
      }
      for (let head = sent[0]; head; head = sent[0]?.settled ? sent[0] : undefined) {
        const abort = () => state.stop.abort(signal.reason)
        signal.addEventListener('abort', abort, { once: true })
        const landed = await untilAborted(head.landed, signal).finally(() => signal.removeEventListener('abort', abort))
        rejected.push(...account(partition, landed))
        sent.shift()
        buffer.shift(head.records)
      }
      return { ...buffer.position(), rejected }
    },
    drop,
    counts: () => ({ ...counts }),
    storage: counted.counts,
    searchable: searchable.listen,
    close() {
      searchable.close()
      return client.close()
    },
  }
}
