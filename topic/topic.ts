/**
 * The port to the log between collector and consumers. Two implementations, `kafka/` and `embedded/`, are held to it
 * by one conformance suite (`describeTopic`). Offsets are dense numbers from 0; times are milliseconds since the epoch.
 */

/** What is appended: a value and, for dead letters, headers. Records are keyless. */
export interface TopicRecord {
  value: Uint8Array
  headers?: Record<string, string>
}

/** A record as it lies on the log. */
export interface LogRecord {
  /** `null` only for foreign records: a tombstone. */
  value: Uint8Array | null
  headers?: Record<string, string>
  offset: number
  /** LogAppendTime: when the log took it, never the event's own time. */
  timestampMs: number
}

export interface TopicWriter {
  /** The topic's name. */
  readonly topic: string
  /** Resolves when the topic is known and has a leader; retries for ever, so race it against a deadline of your own. */
  ready(): Promise<void>
  /** Partition count as last seen: 0 until the topic is known. It may grow; it shrinks only when the topic was deleted and made again with fewer. */
  partitions(): number
  /** Largest value in bytes that the topic takes (`max.message.bytes` less the overhead of a batch). */
  maxRecordBytes(): number
  /**
   * Appends to one partition, in order, and resolves when acknowledged as configured (`acks`).
   * Rejects with a {@link TopicError}; after a rejection the records may or may not be on the log.
   */
  append(partition: number, records: readonly TopicRecord[]): Promise<void>
  /** Waits for appends in flight, then disconnects. */
  close(): Promise<void>
}

/** What a consumer group remembers of one partition. */
export interface Committed {
  /** Offset of the next record to read. */
  next: number
  /** Free text kept with it; the loop writes timestamp and event id of the record before `next`. */
  metadata: string
}

/** `low` is the first offset still on the log, `high` the one that the next record gets. Empty when equal. */
export interface Bounds {
  low: number
  high: number
}

export interface ReaderHooks {
  /**
   * These partitions are ours from now on (all that we have, not only the new ones: a rebalance starts each again).
   * Nothing of them is delivered before the promise resolves; `seek` each of them inside. A rejection is fatal.
   */
  assigned(partitions: readonly number[]): Promise<void>
  /** These are no longer ours: buffers are to be dropped, commits are refused from now on. */
  revoked(partitions: readonly number[]): void
  /** Records in offset order, from where `seek` pointed. Must only buffer and return. Never called for a paused partition. */
  records(partition: number, records: readonly LogRecord[]): void
  /** The reader is dead for good: the process should end non-zero. */
  failed(error: Error): void
}

/** A member of a consumer group. All methods but `start` and `close` take partitions that are assigned. */
export interface TopicReader {
  readonly topic: string
  readonly group: string
  /** Joins the group. Waits for a topic that is missing, or for brokers that are down, and says so in the log. */
  start(hooks: ReaderHooks): Promise<void>
  /** Delivery goes on at `offset`; below `bounds.low` it goes on at `low`, and the gap shows in the offsets. */
  seek(partition: number, offset: number): void
  pause(partition: number): void
  resume(partition: number): void
  /** What the group committed, or undefined. */
  committed(partition: number): Promise<Committed | undefined>
  /** Commits `next`. A hint, not the truth: it may reject with a {@link TopicError}, and is refused after a revocation. */
  commit(partition: number, next: number, metadata: string): Promise<void>
  bounds(partition: number): Promise<Bounds>
  /** First offset whose timestamp is at or after `timeMs`; `high` if none. */
  offsetAt(partition: number, timeMs: number): Promise<number>
  /** Leaves the group. Does not commit. */
  close(): Promise<void>
}

export const topicErrorCodes = [
  /** No leader, no connection, not enough replicas: passes. */
  'unavailable',
  /** The topic does not exist. */
  'topic_missing',
  /** One record is larger than the topic takes: `index` names it. */
  'record_too_large',
  /** The assignment has changed: the commit was not made. */
  'fenced',
  /** Wrong credentials or no right. */
  'unauthorized',
  /** No room, or writing to disk failed. */
  'storage',
  /** Closed, or used wrongly: a partition that the topic doesn't have. */
  'closed',
] as const
export type TopicErrorCode = (typeof topicErrorCodes)[number]

/** What every method of the port rejects with. */
export class TopicError extends Error {
  override readonly name = 'TopicError'
  readonly code: TopicErrorCode
  /** Position in `append`'s records, for `record_too_large`. */
  readonly index: number | undefined
  /** How many of them, from the first on, are on the log all the same, for `record_too_large`. */
  readonly acknowledged: number

  constructor(
    code: TopicErrorCode,
    message: string,
    options?: { cause?: unknown; index?: number; acknowledged?: number },
  ) {
    super(message, options)
    this.code = code
    this.index = options?.index
    this.acknowledged = options?.acknowledged ?? 0
  }

  /** Whether the same call may succeed later. */
  get retriable(): boolean {
    return this.code === 'unavailable' || this.code === 'topic_missing' || this.code === 'storage'
  }
}
