import type { LandingStore } from '../hdfs/store.ts'
import type { TableContent } from '../hdfs/table.ts'
import type { Documents } from './documents.ts'
import type { Findings } from './finding.ts'
import type { RefusedRecords } from './letters.ts'
import type { AuditLog } from './log.ts'

/** What one round looks at. */
export interface Round {
  log: AuditLog
  /** The landed files, if there are any to look at. */
  landed: { store: LandingStore; table: TableContent } | undefined
  documents: Documents | undefined
  findings: Findings
  /** The dead letters: read when somebody asks first. */
  refused(): Promise<RefusedRecords>
  progress(text: string): void
}

/** What became of the offsets of one partition in one storage. */
export interface StoreReport {
  /** First offset that was looked at. */
  from: number
  /** The offset after the last one. */
  to: number
  /** Rows or documents. */
  stored: number
  /** Offsets that need not be there: copies, dead letters, and what was gone before it could be read. */
  explained: number
  /** Of these, those that were refused or lost: the topic and the dead letters of that time are gone, and nobody can tell. */
  untold?: number
  /** Offsets that went with an old day or an old index. */
  dropped: number
  missing: number
  doubled: number
}
