import { hourLengthMs } from '../path.ts'
import { type FileKey, type FoundFile, newestOf } from '../recovery.ts'
import type { FoundGap } from '../table.ts'
import { createWindow, type Hash } from '../window.ts'
import type { CheckedRow } from './line.ts'
import type { Problems } from './problem.ts'

/** Copies are counted within so many offsets: four times what a writer removes. */
const copyWindowOffsets = 200_000
/** How far a file may lie below the one before: recovery looks no further. */
const lookBackMs = 24 * hourLengthMs

export interface CheckedGap {
  path: string
  from: number
  to: number
  /** `counted`: `kafka.skipped` of the row behind it accounts for it; `open`: no row lies behind it yet. */
  state: 'counted' | 'open' | 'wrong'
}

/** One partition of one generation, as far as it was read. */
export interface ChainReport extends FileKey {
  files: number
  rows: number
  /** First offset that the files account for, and the last that is landed. */
  from: number | undefined
  to: number | undefined
  /** Sum of `kafka.skipped`: copies, dead letters and gaps. */
  skipped: number
  /** Rows whose event lies within the 200,000 offsets before: the writer's window did not reach so far. */
  copies: number
  gaps: CheckedGap[]
}

/** The files of one partition, in order of their numbers, row by row. Pure but for what it adds to `problems`. */
export interface Chain {
  begin(file: FoundFile): void
  row(row: CheckedRow, line: number): void
  /** A line that is no row took the place of one. */
  unread(): void
  /** `whole`: the file was read to its end. Returns the offset of its last row. */
  end(whole: boolean): number | undefined
  report(): ChainReport
}

export interface ChainOptions extends FileKey {
  topic: string
  files: readonly FoundFile[]
  gaps: readonly FoundGap[]
  problems: Problems
  hash: Hash
}

/** Holds a partition to the protocol: a file's number is the offset after the last row before it, and rows count what they passed over. */
export function createChain(options: ChainOptions): Chain {
  const { topic, partition, generation, problems } = options
  const window = createWindow(copyWindowOffsets, options.hash)
  const gaps: CheckedGap[] = options.gaps.map(({ path, from, to }) => ({ path, from, to, state: 'open' }))
  const report: ChainReport = {
    partition,
    generation,
    files: 0,
    rows: 0,
    from: undefined,
    to: undefined,
    skipped: 0,
    copies: 0,
    gaps,
  }
  const newest = newestOf(options.files)
  let file: FoundFile | undefined
  let before: FoundFile | undefined
  /** The chain's last row, and whether it is known to be the last of its file. */
  let last: number | undefined
  let certain = false
  /** Of a second file of one number: its rows are no part of the chain. */
  let aside = false
  let inFile: number | undefined
  let rowBefore: 'none' | 'read' | 'unread' = 'none'
  let nextGap = 0

  function place(found: FoundFile): void {
    const add = (kind: 'wrong_folder' | 'missing_file' | 'overlap', what: string) =>
      problems.add({ kind, path: found.path, file: found, what })
    if (before && found.hourMs < before.hourMs - lookBackMs)
      add('wrong_folder', `it lies more than 24 hours before ${before.path}, whose number is lower`)
    else if (found === options.files.at(-1) && newest && newest.start < found.start)
      add('wrong_folder', `the writer would go on after ${newest.path}, because this lies more than 24 hours before it`)
    if (last === undefined) return
    if (found.start <= last)
      add('overlap', `its number is ${found.start}, but rows up to ${last} lie in files before it`)
    else if (certain && found.start > last + 1)
      add('missing_file', `offsets ${last + 1} to ${found.start - 1} are missing before it`)
  }

  function countGaps(offset: number): void {
    for (let gap = gaps[nextGap]; gap && gap.from <= offset; gap = gaps[++nextGap]) {
      gap.state = offset <= gap.to ? 'wrong' : 'counted'
      if (gap.state === 'counted') continue
      const found = options.gaps[nextGap]
      const what = `it says that offsets ${gap.from} to ${gap.to} were gone, but offset ${offset} is landed`
      problems.add({ kind: 'wrong_gap', path: gap.path, what, ...(found && { file: found }) })
    }
  }

  function follows(row: CheckedRow, found: FoundFile): string | undefined {
    const accounted = row.offset - (row.skipped ?? 0)
    if (inFile === undefined && rowBefore === 'none') {
      // The first row ever says nothing of what lies before it.
      if (report.files === 1 && row.skipped === undefined) return undefined
      return accounted === found.start ? undefined : `the file begins at ${found.start}, but its first row`
    }
    if (rowBefore === 'unread' || inFile === undefined) return undefined
    return accounted === inFile + 1 ? undefined : `the row before is ${inFile}, but the row`
  }

  return {
    begin(found) {
      aside = before?.start === found.start
      inFile = undefined
      rowBefore = 'none'
      file = found
      report.files++
      if (aside) {
        const what = `its number is that of ${before?.path}`
        problems.add({ kind: 'double_number', path: found.path, file: found, what })
        return
      }
      place(found)
      before = found
      report.from ??= found.start
    },

    row(row, line) {
      const found = file
      if (!found) return
      const add = (kind: 'foreign_row' | 'offset_order' | 'offsets_missing', what: string) =>
        problems.add({ kind, path: found.path, line, what, file: found })
      report.rows++
      if (row.topic !== topic || row.partition !== partition || row.generation !== generation) {
        const own = `${topic}/${partition}, generation ${generation}`
        add('foreign_row', `a row is of ${row.topic}/${row.partition}, generation ${row.generation}, not of ${own}`)
        rowBefore = 'unread'
        return
      }
      if (row.offset < found.start)
        add('offset_order', `offset ${row.offset} is below the file's number ${found.start}`)
      else if (inFile !== undefined && row.offset <= inFile)
        add('offset_order', `offset ${row.offset} comes after ${inFile}`)
      else {
        const broken = follows(row, found)
        if (broken) add('offsets_missing', `${broken} ${row.offset} counts ${row.skipped ?? 0} skipped`)
        inFile = row.offset
      }
      rowBefore = 'read'
      if (aside || (last !== undefined && row.offset <= last)) return
      countGaps(row.offset)
      report.skipped += row.skipped ?? 0
      if (window.isCopy(row.offset, row.eventId)) report.copies++
      last = row.offset
      report.to = last
    },

    unread() {
      rowBefore = 'unread'
    },

    end(whole) {
      if (!aside) certain = whole && rowBefore === 'read'
      return rowBefore === 'read' ? inFile : undefined
    },

    report: () => report,
  }
}
