import type { ProgressFigures } from './progress.ts'

/** How a partition is that this process has. */
export interface PartitionStatus {
  partition: number
  state: 'starting' | 'running' | 'halted' | 'ended'
  /** Offset after the last record that is durable; undefined before the first flush. */
  next: number | undefined
  /** What was committed last by this process; undefined before. */
  committed: number | undefined
  buffered: { records: number; bytes: number }
  progress: ProgressFigures
  /** Since when the sink holds its oldest record, seconds; 0 when it holds none. */
  unflushedSeconds: number
  /** Records sent to the dead letters. */
  rejected: number
  /** Why the partition can't go on, and the way out. */
  halted: string | undefined
}
