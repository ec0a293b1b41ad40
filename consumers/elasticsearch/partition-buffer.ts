import { decodeRecord } from '../../topic/record.ts'
import type { LogRecord } from '../../topic/topic.ts'
import {
  type Assignment,
  type Buffered,
  commitMetadata,
  PartitionHalted,
  parseCommitMetadata,
  type Rejected,
} from '../sink.ts'
import type { BulkEntry, LogPlace } from './bulk.ts'
import { bulkLines, indexOf, maxIdBytes } from './document.ts'

/** What a partition waits to send, and how far it has read. */
export interface PartitionBuffer {
  /** Where reading begins: one before what is next, where that record can be checked. */
  readonly from: number
  add(records: readonly LogRecord[], nowMs: number): Rejected[]
  buffered(): Buffered
  /** The first entries, within both limits, at least one. */
  first(maxRecords: number, maxBytes: number): readonly BulkEntry[]
  /** Forgets the first `count` entries. */
  shift(count: number): void
  /** Everything before `next` has been handled. */
  position(): { next: number; metadata: string }
}

/**
 * An empty buffer that begins at the committed offset, or at the low watermark. The record before it is read too, and
 * compared with what the commit remembers. Throws {@link PartitionHalted} if the log ends before it.
 */
export function createPartitionBuffer(place: LogPlace, index: string, assignment: Assignment): PartitionBuffer {
  const { low, high, committed } = assignment
  if (committed && committed.next > high) {
    throw new PartitionHalted(
      `${nameOf(place)}: offset ${committed.next} is committed, but the log ends at ${high}. ${wayOut}`,
    )
  }
  const start = Math.max(low, committed?.next ?? low)
  const remembered = committed?.next === start ? parseCommitMetadata(committed.metadata) : undefined
  const from = remembered && start > low ? start - 1 : start
  let readTo = start
  let metadata = start === committed?.next ? committed.metadata : ''
  let entries: BulkEntry[] = []
  let bytes = 0
  let handled = { next: start, metadata }

  /** The record at `start - 1` must be the one that was committed. */
  function check(record: LogRecord): void {
    if (!remembered || record.offset !== start - 1) return
    const decoded = decodeRecord(record.value)
    const found = nameIn(decoded.ok ? decoded.record.event.id : undefined)
    if (found === remembered.eventId && record.timestampMs === remembered.timestampMs) return
    throw new PartitionHalted(
      `${nameOf(place)}: offset ${record.offset} holds ${found} of ${record.timestampMs}, but ${remembered.eventId} of ${remembered.timestampMs} was committed. ${wayOut}`,
    )
  }

  function addOne(record: LogRecord, nowMs: number): Rejected | undefined {
    readTo = record.offset + 1
    const decoded = decodeRecord(record.value)
    metadata = commitMetadata(record.timestampMs, nameIn(decoded.ok ? decoded.record.event.id : undefined))
    if (!decoded.ok) return { record, reason: decoded.reason, message: decoded.message }
    const { id } = decoded.record.event
    if (Buffer.byteLength(id) > maxIdBytes)
      return { record, reason: 'invalid', message: `event.id has more than ${maxIdBytes} bytes` }
    const target = { id, index: indexOf(decoded.record, index) }
    const lines = bulkLines(target, decoded.text, { ...place, offset: record.offset })
    const entry = { record, ...target, lines, bytes: Buffer.byteLength(lines), addedMs: nowMs }
    entries.push(entry)
    bytes += entry.bytes
    return undefined
  }

  return {
    from,
    add(records, nowMs) {
      const rejected: Rejected[] = []
      for (const record of records) {
        if (record.offset < readTo) {
          check(record)
          continue
        }
        const refused = addOne(record, nowMs)
        if (refused) rejected.push(refused)
      }
      return rejected
    },
    buffered: () => ({ records: entries.length, bytes, sinceMs: entries[0]?.addedMs }),
    first(maxRecords, maxBytes) {
      let count = 0
      let sum = 0
      for (const entry of entries) {
        if (count > 0 && (count >= maxRecords || sum + entry.bytes > maxBytes)) break
        count++
        sum += entry.bytes
      }
      return entries.slice(0, count)
    },
    shift(count) {
      const last = entries[count - 1]
      for (const entry of entries.slice(0, count)) bytes -= entry.bytes
      entries = entries.slice(count)
      if (!last) return
      const { offset, timestampMs } = last.record
      handled = { next: offset + 1, metadata: commitMetadata(timestampMs, nameIn(last.id)) }
    },
    position: () => (entries.length === 0 ? { next: readTo, metadata } : handled),
  }
}

/** What a commit remembers of an event: its id, or that it has none that fits in. The time tells those apart. */
function nameIn(id: string | undefined): string {
  return id !== undefined && /^\S+$/.test(id) ? id : '(nameless)'
}

const wayOut =
  'The topic was deleted and made again, or lost its end. Once that is understood, reset the offset of the consumer group for this partition and start again.'

function nameOf({ topic, partition }: LogPlace): string {
  return `partition ${partition} of ${topic}`
}
