import { landedEndsOf, readRecord } from '../../topic/record.ts'
import type { LogRecord } from '../../topic/topic.ts'
import { type Buffered, PartitionHalted, type Rejected } from '../sink.ts'
import { alsoBuried, type Buried, isBuried } from './buried.ts'
import type { Compressor } from './compressor.ts'
import { createFileBuffer, type FileBuffer } from './file-buffer.ts'
import { type FileFormat, hourOf } from './path.ts'
import type { FileKey } from './recovery.ts'
import { endsBefore, isDue, isFull, type RotationLimits } from './rotation.ts'
import { createWindow, type Hash } from './window.ts'

/** What a partition's buffer has to know. */
export interface PartitionStart {
  topic: string
  partition: number
  generation: number
  /** The first offset that is not landed. */
  next: number
  /** Offset of the row landed before, if one is known: `skipped` counts from it. */
  previous: number | undefined
  /** The record that must lie at an offset before `next`, if it is delivered; whether a file says so, or the commit alone. */
  expected: { offset: number; eventId: string; where: string; landed: boolean } | undefined
  /** What is in the dead letters from `next` on. */
  buried: Buried | undefined
  format: FileFormat
  limits: RotationLimits
  windowOffsets: number
  hash: Hash
  compressor: Compressor
}

/** A file's worth of rows. */
export interface PendingFile {
  start: number
  hourMs: number
  content: FileBuffer
  records: number
  sinceMs: number
  last: { offset: number; timestampMs: number; eventId: string }
}

/** Offsets that were gone before they could be read, `to` included; `hourMs` is that of the record after them. */
export interface Gap {
  from: number
  to: number
  hourMs: number
}

/** The rows of one partition on their way into files. Pure: the same records give the same files, however they are delivered. */
export interface PartitionBuffer {
  add(records: readonly LogRecord[], nowMs: number): Rejected[]
  /** Ends the first file, if there is one, and returns it; later records go into another. It stays the first until {@link removeFirst}. */
  endFirst(): PendingFile | undefined
  removeFirst(): void
  /** Gaps noticed since the last call. */
  takeGaps(): Gap[]
  /** Copies dropped since the last call. */
  takeCopies(): number
  /** With all that `add` has handed back: the caller writes those. */
  buried(): Buried | undefined
  buffered(): Buffered
  due(nowMs: number): boolean
}

/** Turns records into files by design §7.1: rows from `next` on, copies and undecodable ones passed over and counted in `kafka.skipped`. */
export function createPartitionBuffer(start: PartitionStart): PartitionBuffer {
  const { topic, partition, generation, next } = start
  const endOf = landedEndsOf({ topic, partition, ...(generation > 1 && { generation }) })
  const window = createWindow(start.windowOffsets, start.hash)
  const ended: PendingFile[] = []
  let open: PendingFile | undefined
  let position = 0
  let readable = next
  let fileStart = next
  let fileHourMs: number | undefined
  let previous = start.previous
  let gaps: Gap[] = []
  let copies = 0
  let { buried } = start

  function end(): void {
    if (open) ended.push(open)
    open = undefined
  }

  function check(offset: number, eventId: string | undefined): void {
    const { expected } = start
    if (expected?.offset !== offset || expected.eventId === eventId) return
    throw new PartitionHalted(
      `${topic}/${partition}: the log is not the one that landed: offset ${offset} holds event ${eventId ?? '(none)'}, but ${expected.where} says ${expected.eventId}. ` +
        wayOutOfAnotherLog({ partition, generation, offset, landed: expected.landed }),
    )
  }

  function land(record: LogRecord, row: { json: Uint8Array; eventId: string }, nowMs: number): void {
    const { offset, timestampMs } = record
    open ??= {
      start: fileStart,
      hourMs: fileHourMs ?? hourOf(timestampMs),
      content: createFileBuffer(start.format, start.compressor),
      records: 0,
      sinceMs: nowMs,
      last: { offset, timestampMs, eventId: '' },
    }
    open.content.push(row.json, endOf(offset, previous === undefined ? 0 : offset - previous - 1))
    open.records++
    open.last = { offset, timestampMs, eventId: row.eventId }
    previous = offset
    fileStart = offset + 1
    fileHourMs = undefined
    if (isFull(weightOf(open), start.limits)) end()
  }

  function addOne(record: LogRecord, nowMs: number): Rejected | undefined {
    if (record.offset < position) return undefined
    position = record.offset + 1
    const read = readRecord(record.value)
    const eventId = read.ok ? read.eventId : undefined
    if (record.offset < next) {
      check(record.offset, eventId)
      if (eventId !== undefined) window.isCopy(record.offset, eventId)
      return undefined
    }
    const hourMs = hourOf(record.timestampMs)
    if (record.offset > readable) gaps.push({ from: readable, to: record.offset - 1, hourMs })
    readable = position
    fileHourMs ??= hourMs
    if (open && endsBefore(open.hourMs, hourMs)) end()
    if (!read.ok) {
      if (isBuried(start.buried, record)) return undefined
      buried = alsoBuried(buried, record)
      return { record, reason: read.reason, message: read.message }
    }
    if (window.isCopy(record.offset, read.eventId)) copies++
    else land(record, read, nowMs)
    return undefined
  }

  return {
    add(records, nowMs) {
      const rejected: Rejected[] = []
      for (const record of records) {
        const refused = addOne(record, nowMs)
        if (refused) rejected.push(refused)
      }
      return rejected
    },
    endFirst() {
      if (ended.length === 0) end()
      return ended[0]
    },
    removeFirst() {
      ended.shift()
    },
    takeGaps() {
      const taken = gaps
      gaps = []
      return taken
    },
    takeCopies() {
      const taken = copies
      copies = 0
      return taken
    },
    buried: () => buried,
    buffered() {
      const files = open ? [...ended, open] : ended
      return {
        records: files.reduce((sum, file) => sum + file.records, 0),
        bytes: files.reduce((sum, file) => sum + file.content.bytes(), 0),
        sinceMs: files[0]?.sinceMs,
      }
    },
    due: nowMs => ended.length > 0 || (open !== undefined && isDue(weightOf(open), start.limits, nowMs)),
  }
}

function weightOf(file: PendingFile): { records: number; bytes: number; sinceMs: number } {
  return { records: file.records, bytes: file.content.fileBytes(), sinceMs: file.sinceMs }
}

/**
 * What an operator can do about a log that was made again, or has lost its end (nobody can tell these apart from here), and what
 * comes of it. `offset` is the lowest that is known to be lost; `landed`: a file holds it, and not only the group's commit says so.
 */
export function wayOutOfAnotherLog(found: FileKey & { offset: number; landed: boolean }): string {
  const { partition, generation, offset, landed } = found
  const goOn = landed
    ? `run "clicktrail reload --sink hdfs --partition ${partition} --from ${offset}" (or from the first offset lost, if that is lower): it moves the rows of lost records out of the table, to _replaced/.`
    : `set the group's offset of this partition to ${offset}.`
  return (
    `If the topic was made again: ${wayOut(generation)} This holds for all partitions. ` +
    `If the log has only lost records (an unclean leader election), that would double every row that is still on it: end the writers instead and ${goOn}`
  )
}

/** What an operator can do when the topic was made again. */
export function wayOut(generation: number): string {
  return `Set CLICKTRAIL_GENERATION=${generation + 1} to land this log beside the rows of the old one.`
}
