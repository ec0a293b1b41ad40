import type { Bounds, Committed, LogRecord } from '../topic/topic.ts'

/** What `start` may look at. */
export interface Assignment extends Bounds {
  committed: Committed | undefined
}

/** A record that the sink can't store, on its way to the dead letters. */
export interface Rejected {
  record: LogRecord
  /** Closed set, for headers and metrics: `undecodable`, `invalid`, `too_large`, `mapping`, `conflict`. */
  reason: RejectReason
  /** For people: what is wrong with it. */
  message: string
}

export const rejectReasons = ['undecodable', 'invalid', 'too_large', 'mapping', 'conflict'] as const
export type RejectReason = (typeof rejectReasons)[number]

/** Landed: `next` is the offset after the last record that is durable (or passed over for good). */
export interface Flushed {
  next: number
  /** Goes with the commit: {@link commitMetadata} of the record before `next`; empty if the sink doesn't know it. */
  metadata: string
  /** Refused by the storage; to be dead-lettered before `next` is committed. */
  rejected: readonly Rejected[]
}

/** What a partition's buffer weighs. */
export interface Buffered {
  records: number
  bytes: number
  /** When its first record was added (`now` of the loop), undefined when empty. */
  sinceMs: number | undefined
}

/** What a sink has done since it was made. */
export interface SinkCounts {
  /** Records that the storage took. */
  landed: number
  /** Records that the storage had already, from the same offset: read again after a restart. */
  redelivered: number
  /** Other copies of an event that was there: resent by a browser. */
  copies: number
  /** Offsets that were gone before they could be read. */
  gapOffsets: number
}

/** How a sink's storage has answered since the sink was made. */
export interface StorageCounts {
  /** Requests that the storage could not take for a while, and that were made again. */
  retries: number
  /** Documents by what became of them, of a closed set; absent where the storage answers for whole files. */
  answers?: readonly (readonly [outcome: string, documents: number])[]
}

/**
 * The storage side of a consumer. The loop calls one method of a partition at a time; partitions run side by side.
 * A sink owns its buffer, because only it knows what it weighs.
 */
export interface Sink {
  readonly name: string
  /**
   * Forgets the partition's buffer and finds out where to read from: the sink's own truth, not the commit. It may be
   * earlier than what it needs next, to fill a window or to check the record before: records before that are passed over by `add`.
   * Throws {@link PartitionHalted} when the log doesn't fit what landed; retries what passes (storage away) itself until `signal` aborts.
   */
  start(partition: number, assignment: Assignment, signal: AbortSignal): Promise<number>
  /**
   * Buffers, synchronously. Returns what can't be decoded; the loop dead-letters it before the next `flush` of the partition,
   * so that a flush never lands beyond a record that nobody kept. Throws {@link PartitionHalted} when the log isn't the one that landed.
   */
  add(partition: number, records: readonly LogRecord[], nowMs: number): readonly Rejected[]
  /** Undefined while any partition may `add`; else resolves when they may again: the sink is still at work on what it got. */
  room?(): Promise<void> | undefined
  buffered(partition: number): Buffered
  /** Whether a buffer is due by the sink's own limits (age, bytes, count, the end of an hour). */
  due(partition: number, nowMs: number): boolean
  /**
   * Makes the buffer durable, or a first part of it (the loop asks `due` again). `'lost'`: somebody else landed this range, or the answer is not known: the loop starts
   * the partition again. Waits for a storage that is away until `signal` aborts. Must be callable with an empty buffer.
   */
  flush(partition: number, signal: AbortSignal): Promise<Flushed | 'lost'>
  /** Gives up a partition's buffer: it is no longer ours. */
  drop(partition: number): void
  counts(): SinkCounts
  /** Absent where there is no storage of its own. */
  storage?(): StorageCounts
  /**
   * From now on `heard` is told of some records for how many seconds they were on their way, from the collector until a search
   * finds them. Absent where what is durable can be read at once.
   */
  searchable?(heard: (seconds: number) => void): void
  close(): Promise<void>
}

/** This partition can't go on until an operator acts; the others do. The message says what was found and the way out. */
export class PartitionHalted extends Error {
  override readonly name = 'PartitionHalted'
}

/** Timestamp and event id of the record before `next`, as one line: `1763693084123 0mwpt1nbck9k2j4h6f8d-2`. */
export function commitMetadata(timestampMs: number, eventId: string): string {
  return `${timestampMs} ${eventId}`
}

export function parseCommitMetadata(metadata: string): { timestampMs: number; eventId: string } | undefined {
  const match = /^(\d{1,16}) (\S+)$/.exec(metadata)
  return match?.[1] && match[2] ? { timestampMs: Number(match[1]), eventId: match[2] } : undefined
}
