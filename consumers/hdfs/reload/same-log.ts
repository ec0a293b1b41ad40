import { readRecord } from '../../../topic/record.ts'
import type { Bounds, LogRecord } from '../../../topic/topic.ts'
import { DamagedFile, readLines } from '../check/lines.ts'
import { type LandedRow, parseLandedRow } from '../last-line.ts'
import { type FoundFile, readLastRow } from '../recovery.ts'
import type { LandingStore } from '../store.ts'

/** A damaged row may say a wrong offset: that many must differ before it is the log that does. */
const rowsCompared = 3

/** What is on the log now. */
export interface LogNow {
  bounds: Bounds
  /** Within the bounds; undefined where nothing lies at that offset. */
  recordAt(offset: number): Promise<LogRecord | undefined>
}

/** The event of a record; undefined where it holds none. */
export function eventIdOf(record: LogRecord | undefined): string | undefined {
  const read = record && readRecord(record.value)
  return read?.ok ? read.eventId : undefined
}

/**
 * Whether the log holds what landed in these files, by the oldest rows of theirs that lie within its bounds: a log that was cut is
 * itself before the cut. `unknown` where no row can be read. Rejects with a {@link StoreError}, or as `recordAt` does.
 */
export async function holdsRowsOf(
  files: readonly FoundFile[],
  { store, topic, log }: { store: LandingStore; topic: string; log: LogNow },
): Promise<'yes' | 'no' | 'unknown'> {
  const { low, high } = log.bounds
  let answer: 'no' | 'unknown' = 'unknown'
  let compared = 0
  for (const file of files) {
    if (file.start >= high && answer === 'no') break
    for (const row of [await readFirstRow(store, file), await readLastRow(store, file)]) {
      if (row?.topic !== topic || row.partition !== file.partition) continue
      answer = 'no'
      if (row.offset < low || row.offset >= high) continue
      if (eventIdOf(await log.recordAt(row.offset)) === row.eventId) return 'yes'
      if (++compared === rowsCompared) return 'no'
    }
  }
  return answer
}

async function readFirstRow(store: LandingStore, file: FoundFile): Promise<LandedRow | undefined> {
  try {
    for await (const { lines } of readLines(file, store.read)) return parseLandedRow(String(lines[0] ?? ''))
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error
  }
  return undefined
}
