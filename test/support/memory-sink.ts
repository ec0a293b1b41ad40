import {
  commitMetadata,
  type Flushed,
  PartitionHalted,
  type Rejected,
  type RejectReason,
  type Sink,
} from '../../consumers/sink.ts'
import { decodeRecord } from '../../topic/record.ts'
import type { LogRecord } from '../../topic/topic.ts'

/** What is durable; shared by sinks that stand for restarts or rivals. Landing is atomic and refuses a range that isn't next. */
export type MemoryStorage = Map<number, { id: string; offset: number; timestampMs: number }[]>

export interface MemorySinkOptions {
  storage?: MemoryStorage
  /** A flush is due at so many records. @default 10 */
  maxRecords?: number
  /** A flush is due at this age. @default 1000 */
  maxAgeMs?: number
  /** Gets `land 0:0-4` lines. */
  journal?: string[]
  /** Runs before `start` does anything: throw, or wait. */
  onStart?: (partition: number) => Promise<void> | void
  /** Runs before a landing: throw, wait, or say that it is lost. */
  onFlush?: (partition: number, signal: AbortSignal) => Promise<'lost' | undefined> | 'lost' | undefined
  /** The storage refuses this record when it is flushed. */
  refuse?: (record: LogRecord) => RejectReason | undefined
}

interface Buffer {
  expected: number
  start: number
  metadata: string
  entries: { record: LogRecord; id: string }[]
  readTo: number
  sinceMs: number | undefined
}

/** A sink that keeps the contract in memory: the last landed offset is its truth. */
export function createMemorySink(options: MemorySinkOptions = {}): Sink {
  const { storage = new Map(), maxRecords = 10, maxAgeMs = 1_000, journal = [] } = options
  const buffers = new Map<number, Buffer>()
  let landedRecords = 0
  const landedOf = (partition: number) => {
    const landed = storage.get(partition) ?? []
    storage.set(partition, landed)
    return landed
  }

  return {
    name: 'memory',
    async start(partition, { low, high, committed }) {
      await options.onStart?.(partition)
      const last = landedOf(partition).at(-1)
      const next = last ? last.offset + 1 : (committed?.next ?? low)
      if (next > high) throw new PartitionHalted(`partition ${partition}: ${next} has landed, the log ends at ${high}`)
      const expected = landedOf(partition).length
      buffers.set(partition, { expected, start: next, metadata: '', entries: [], readTo: next, sinceMs: undefined })
      return next
    },
    add(partition, records, nowMs) {
      const buffer = buffers.get(partition)
      if (!buffer) throw new Error(`partition ${partition} is not started`)
      const rejected: Rejected[] = []
      for (const record of records) {
        if (record.offset < buffer.readTo) continue
        buffer.readTo = record.offset + 1
        const decoded = decodeRecord(record.value)
        if (decoded.ok) buffer.entries.push({ record, id: decoded.record.event.id })
        else rejected.push({ record, reason: decoded.reason, message: decoded.message })
      }
      if (buffer.entries.length > 0) buffer.sinceMs ??= nowMs
      return rejected
    },
    buffered(partition) {
      const { entries = [], sinceMs } = buffers.get(partition) ?? {}
      const bytes = entries.reduce((sum, { record }) => sum + (record.value?.length ?? 0), 0)
      return { records: entries.length, bytes, sinceMs }
    },
    due(partition, nowMs) {
      const { entries = [], sinceMs } = buffers.get(partition) ?? {}
      return entries.length >= maxRecords || (sinceMs !== undefined && nowMs - sinceMs >= maxAgeMs)
    },
    async flush(partition, signal): Promise<Flushed | 'lost'> {
      const fault = await options.onFlush?.(partition, signal)
      signal.throwIfAborted()
      const buffer = buffers.get(partition)
      if (!buffer) throw new Error(`partition ${partition} is not started`)
      const landed = landedOf(partition)
      if (fault === 'lost' || landed.length !== buffer.expected) return 'lost'
      const rejected: Rejected[] = []
      for (const { record, id } of buffer.entries) {
        const reason = options.refuse?.(record)
        if (reason) rejected.push({ record, reason, message: 'refused by the test' })
        else landed.push({ id, offset: record.offset, timestampMs: record.timestampMs })
        buffer.metadata = commitMetadata(record.timestampMs, id)
      }
      landedRecords += landed.length - buffer.expected
      const [first, last] = [buffer.entries[0], buffer.entries.at(-1)]
      if (first && last) journal.push(`land ${partition}:${first.record.offset}-${last.record.offset}`)
      buffer.expected = landed.length
      buffer.entries = []
      buffer.sinceMs = undefined
      return { next: buffer.readTo, metadata: buffer.metadata, rejected }
    },
    drop: partition => void buffers.delete(partition),
    counts: () => ({ landed: landedRecords, redelivered: 0, copies: 0, gapOffsets: 0 }),
    close: async () => {},
  }
}
