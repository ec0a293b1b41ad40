import type { Bounds } from './topic.ts'

/** A consumer group of a topic that has no member: its offsets may be changed. All methods reject with a {@link TopicError}. */
export interface StoppedGroup {
  readonly group: string
  /** Rejects with `closed`, and names the members, when somebody is in the group. */
  requireStopped(): Promise<void>
  bounds(partition: number): Promise<Bounds>
  /** Where the group's next member begins; rejects when somebody is in the group. */
  commit(partition: number, next: number): Promise<void>
  close(): Promise<void>
}
