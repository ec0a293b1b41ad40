import type { LogRecord } from '../../topic/topic.ts'
import { readLine, recordOf } from '../hdfs/check/line.ts'
import { DamagedFile, readLines } from '../hdfs/check/lines.ts'
import type { FileKey, FoundFile } from '../hdfs/recovery.ts'
import type { LandingStore } from '../hdfs/store.ts'
import type { Span } from './blocks.ts'
import { type CoverageReport, createCoverage } from './coverage.ts'

export interface FilesOfKey extends FileKey {
  topic: string
  store: LandingStore
  /** Of this partition and generation, in order of their numbers. */
  files: readonly FoundFile[]
}

/** The files that hold rows of a span, in order. */
export function filesOf(files: readonly FoundFile[], span: Span): FoundFile[] {
  const found: FoundFile[] = []
  let start = Number.POSITIVE_INFINITY
  /** Where the next file begins that has a higher number; several may have the same. */
  let after = Number.POSITIVE_INFINITY
  for (const file of files.toReversed()) {
    if (file.start < start) after = start
    start = file.start
    if (file.start < span.to && after > span.from) found.push(file)
  }
  return found.reverse()
}

/**
 * What the files say of a span: read as streams, up to its end. A line that is no row of this partition is not there, nor is what lies
 * behind damage. `committed`: the offset before which the writer says that all is landed.
 */
export async function coverFiles(
  of: FilesOfKey,
  span: Span,
  {
    from,
    committed,
    onFile,
  }: { from?: number | undefined; committed?: number; onFile?: (file: FoundFile) => void } = {},
): Promise<CoverageReport> {
  const files = filesOf(of.files, span)
  const coverage = createCoverage({ from, begins: files[0] === of.files[0] })
  for (const file of files) {
    coverage.begin(file.start)
    for await (const { offset, skipped } of rowsOf(of, file)) {
      coverage.row({ offset, skipped })
      if (offset >= span.to) break
    }
    onFile?.(file)
  }
  return coverage.report(committed)
}

/** Records of a span as they lie in the files, without `kafka`; their time is not known there and is 0. */
export async function* landedRecords(of: FilesOfKey, span: Span): AsyncGenerator<LogRecord[]> {
  for (const file of filesOf(of.files, span)) {
    let records: LogRecord[] = []
    for await (const { offset, bytes } of rowsOf(of, file)) {
      // Rows rise within a file: nothing of the span lies behind.
      if (offset >= span.to) break
      if (offset < span.from) continue
      records.push({ offset, value: recordOf(bytes), timestampMs: 0 })
      if (records.length < 500) continue
      yield records
      records = []
    }
    if (records.length > 0) yield records
  }
}

async function* rowsOf({ store, topic, partition, generation }: FilesOfKey, file: FoundFile) {
  try {
    for await (const { lines } of readLines(file, store.read)) {
      for (const bytes of lines) {
        const found = readLine(bytes)
        if (!('row' in found)) continue
        const { row } = found
        if (row.topic === topic && row.partition === partition && row.generation === generation) yield { ...row, bytes }
      }
    }
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error
  }
}
