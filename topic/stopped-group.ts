import type { Bounds, Committed, LogRecord } from './topic.ts'

/** A consumer group of a topic that has no member: its offsets may be changed. All methods reject with a {@link TopicError}. */
export interface StoppedGroup {
  readonly group: string
  /** Rejects with `closed`, and names the members, when somebody is in the group. */
  requireStopped(): Promise<void>
  bounds(partition: number): Promise<Bounds>
  /** What lies at an offset within the bounds; undefined where nothing does. May be asked while somebody is in the group. */
  recordAt(partition: number, offset: number): Promise<LogRecord | undefined>
  /** Where the group's next member begins, and the text that goes with it; rejects when somebody is in the group. */
  commit(partition: number, committed: Committed): Promise<void>
  close(): Promise<void>
}
