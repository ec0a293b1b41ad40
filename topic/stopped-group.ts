import type { Bounds, Committed, LogRecord } from './topic.ts'

/** What lies on a partition's log, and where the group stands in it. */
export interface GroupPosition extends Bounds {
  /** Undefined where the group has committed nothing. */
  committed: Committed | undefined
}

/** A consumer group of a topic that has no member: its offsets may be changed. All methods reject with a {@link TopicError}. */
export interface StoppedGroup {
  readonly group: string
  /** Rejects with `closed`, and names the members, when somebody is in the group. */
  requireStopped(): Promise<void>
  bounds(partition: number): Promise<Bounds>
  /** Of every partition of the topic, by its number. May be asked while somebody is in the group. */
  positions(): Promise<ReadonlyMap<number, GroupPosition>>
  /** By partition: the first offset that the log took at or after `timeMs`, or its end. May be asked while somebody is in the group. */
  offsetsAt(timeMs: number): Promise<ReadonlyMap<number, number>>
  /** What lies at an offset within the bounds; undefined where nothing does. May be asked while somebody is in the group. */
  recordAt(partition: number, offset: number): Promise<LogRecord | undefined>
  /** Where the group's next member begins, and the text that goes with it; rejects when somebody is in the group. */
  commit(partition: number, committed: Committed): Promise<void>
  close(): Promise<void>
}
