/** Offsets `from … to` of which no row lies in the files. */
export interface Hole {
  from: number
  /** Included. */
  to: number
  /** How many of them `kafka.skipped` of the row behind accounts for. */
  accounted: number
  /** Before the first row of all, which says nothing of what lies before it. */
  first: boolean
}

/** What rows in order of their files say of a range of offsets. */
export interface Coverage {
  /** A file begins: its number is the offset after the last row before it. */
  begin(start: number): void
  row(row: { offset: number; skipped: number | undefined }): void
  /** What is missing up to before `to`; the rest of it is not landed yet where `to` is undefined. Called once, at the end. */
  report(to: number | undefined): CoverageReport
}

export interface CoverageReport {
  rows: number
  /** First offset that the files account for; undefined where there is no file. */
  from: number | undefined
  /** After the last row; undefined where there is neither a file nor an offset that has to be there. */
  next: number | undefined
  /** In order; those that are accounted for as a whole too. */
  holes: Hole[]
  /** Offsets of rows that were there already: the first 10,000. */
  doubled: number[]
  doubledCount: number
}

const maxDoubled = 10_000

export interface CoverageOptions {
  /** The first offset that has to be there. @default the number of the first file */
  from?: number | undefined
  /** Whether the first row may be the first of all. @default true */
  begins?: boolean
}

/** Holds in memory what is not there, never what is. Pure. */
export function createCoverage({ from, begins = true }: CoverageOptions = {}): Coverage {
  const holes: Hole[] = []
  const doubled: number[] = []
  let doubledCount = 0
  let begun: number | undefined
  let next = from
  let rows = 0

  function again(offset: number): void {
    const at = holes.findLastIndex(hole => hole.from <= offset && offset <= hole.to)
    const hole = holes[at]
    if (!hole) {
      doubledCount++
      if (doubled.length < maxDoubled) doubled.push(offset)
      return
    }
    const parts = [
      { ...hole, to: offset - 1 },
      { ...hole, from: offset + 1 },
    ].filter(part => part.from <= part.to)
    holes.splice(at, 1, ...parts)
  }

  return {
    begin(start) {
      begun ??= start
      if (next !== undefined && start > next) holes.push({ from: next, to: start - 1, accounted: 0, first: false })
      next = Math.max(next ?? start, start)
    },
    row({ offset, skipped }) {
      rows++
      const expected = next ?? offset
      if (offset < expected) {
        again(offset)
        return
      }
      const gone = offset - expected
      const first = begins && rows === 1 && skipped === undefined
      if (gone > 0) holes.push({ from: expected, to: offset - 1, accounted: Math.min(skipped ?? 0, gone), first })
      next = offset + 1
    },
    report(to) {
      if (to !== undefined && next !== undefined && to > next)
        holes.push({ from: next, to: to - 1, accounted: 0, first: false })
      return { rows, from: begun ?? from, next, holes, doubled, doubledCount }
    },
  }
}
