import { landedEnd, readRecord } from '../../topic/record.ts'
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
import { dailyIndex, documentBytes, maxIdBytes } from './document.ts'

/** What an entry holds in memory beside its bytes: objects and texts, measured. */
const overheadBytes = 1_100

/** No end is longer, the newline after it included. */
const endBytesOf = (place: LogPlace) => landedEnd({ ...place, offset: Number.MAX_SAFE_INTEGER }).length + 1

/** What a partition has to send and has sent, in the order of the log, and how far it has read. */
export interface PartitionBuffer {
  /** Where reading begins: one before what is next, where that record can be checked. */
  readonly from: number
  add(records: readonly LogRecord[], nowMs: number): Rejected[]
  /** Sent or not; bytes in memory. */
  buffered(): Buffered
  /** Bytes in a bulk. */
  unsent(): Buffered
  /** Takes the first unsent entries, within both limits, but at least one if there is one: they count as sent. */
  send(maxRecords: number, maxBytes: number): readonly BulkEntry[]
  /** Forgets the first `count` entries: they have been sent and handled. */
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
      `${nameOf(place)}: offset ${committed.next} is committed, but the log ends at ${high}. ${wayOut(place)}`,
    )
  }
  const start = Math.max(low, committed?.next ?? low)
  const remembered = committed?.next === start ? parseCommitMetadata(committed.metadata) : undefined
  const from = remembered && start > low ? start - 1 : start
  let readTo = start
  const known = start === committed?.next ? committed.metadata : ''
  let lastRead: { timestampMs: number; id: string | undefined } | undefined
  let entries: BulkEntry[] = []
  let bytes = 0
  let sent = 0
  let sentBytes = 0
  let handled = { next: start, metadata: known }
  const indexOf = dailyIndex(index)
  const endBytes = endBytesOf(place)

  /** The record at `start - 1` must be the one that was committed. */
  function check(record: LogRecord): void {
    if (!remembered || record.offset !== start - 1) return
    const read = readRecord(record.value)
    const found = nameIn(read.ok ? read.eventId : undefined)
    if (found === remembered.eventId && record.timestampMs === remembered.timestampMs) return
    throw new PartitionHalted(
      `${nameOf(place)}: offset ${record.offset} holds ${found} of ${record.timestampMs}, but ${remembered.eventId} of ${remembered.timestampMs} was committed. ${wayOut(place)}`,
    )
  }

  function addOne(record: LogRecord, nowMs: number): Rejected | undefined {
    readTo = record.offset + 1
    const read = readRecord(record.value)
    lastRead = { timestampMs: record.timestampMs, id: undefined }
    if (!read.ok) return { record, reason: read.reason, message: read.message }
    const { json, eventId: id } = read
    lastRead.id = id
    if (Buffer.byteLength(id) > maxIdBytes)
      return { record, reason: 'invalid', message: `event.id has more than ${maxIdBytes} bytes` }
    const entry = { record, id, index: indexOf(read), json, offset: record.offset, bytes: endBytes, addedMs: nowMs }
    entry.bytes += documentBytes(entry)
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
    buffered: () => ({
      records: entries.length,
      bytes: bytes + entries.length * overheadBytes,
      sinceMs: entries[0]?.addedMs,
    }),
    unsent: () => ({ records: entries.length - sent, bytes: bytes - sentBytes, sinceMs: entries[sent]?.addedMs }),
    send(maxRecords, maxBytes) {
      const from = sent
      let sum = 0
      for (; sent < entries.length; sent++) {
        const size = entries[sent]?.bytes ?? 0
        if (sent > from && (sent - from >= maxRecords || sum + size > maxBytes)) break
        sum += size
      }
      sentBytes += sum
      return entries.slice(from, sent)
    },
    shift(count) {
      const last = entries[count - 1]
      for (const entry of entries.slice(0, count)) {
        bytes -= entry.bytes
        sentBytes -= entry.bytes
      }
      entries = entries.slice(count)
      sent -= count
      if (last)
        handled = { next: last.record.offset + 1, metadata: commitMetadata(last.record.timestampMs, nameIn(last.id)) }
    },
    position() {
      if (entries.length > 0) return handled
      return { next: readTo, metadata: lastRead ? commitMetadata(lastRead.timestampMs, nameIn(lastRead.id)) : known }
    },
  }
}

/** What a commit remembers of an event: its id, or that it has none that fits in. The time tells those apart. */
function nameIn(id: string | undefined): string {
  return id !== undefined && /^\S+$/.test(id) ? id : '(nameless)'
}

function wayOut({ partition }: LogPlace): string {
  return `The topic was deleted and made again, or lost its end. Once that is understood, end the writers and reset the offset of their group: clicktrail reload --sink elasticsearch --partition ${partition} --from 0 --yes`
}

function nameOf({ topic, partition }: LogPlace): string {
  return `partition ${partition} of ${topic}`
}
