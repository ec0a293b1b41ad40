import type { Bounds, Committed } from '../../topic/topic.ts'

/** Which letters of a partition a replay is through with: all before `next`, and some beyond it. */
export interface Settled {
  /** The first that nothing was done with. */
  readonly next: number
  has(offset: number): boolean
  settle(offset: number): void
  /** What goes with the commit of `next`: those beyond it. */
  metadata(): string
}

/** Kafka keeps 4,096 bytes with a commit unless the broker is told otherwise. */
const maxMetadataBytes = 4_000

/**
 * What the group committed. A filtered replay leaves letters out and goes on behind them: those are kept in the commit's metadata, as
 * distances from `next` (`3-7,9`). Some 400 such ranges fit; what is beyond is forgotten, and sent again by the replay that comes
 * there. A commit beyond the log's end is one of an earlier topic of that name: nothing is settled.
 */
export function settledFrom(committed: Committed | undefined, { low, high }: Bounds): Settled {
  const known = committed && committed.next <= high ? committed : undefined
  const beyond = new Set<number>(known ? offsetsIn(known) : [])
  let next = Math.max(low, known?.next ?? low)

  function advance(): void {
    while (beyond.delete(next)) next++
  }
  for (const offset of beyond) if (offset < next) beyond.delete(offset)
  advance()

  return {
    get next() {
      return next
    },
    has: offset => offset < next || beyond.has(offset),
    settle(offset) {
      if (offset >= next) beyond.add(offset)
      advance()
    },
    metadata() {
      let text = ''
      for (const { from, to } of rangesOf(beyond)) {
        const range = from === to ? `${from - next}` : `${from - next}-${to - next}`
        if (text.length + range.length >= maxMetadataBytes) break
        text += text === '' ? range : `,${range}`
      }
      return text
    },
  }
}

/** What one commit may claim to be settled: a metadata of 4,096 bytes by a stranger must not fill the memory. */
const maxOffsets = 1_000_000

function* offsetsIn({ next, metadata }: Committed): Generator<number> {
  let left = maxOffsets
  for (const range of metadata.split(',')) {
    const [, from, to = from] = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(range) ?? []
    if (from === undefined) return
    for (let offset = Number(from); offset <= Number(to) && left > 0; offset++, left--) yield next + offset
  }
}

function rangesOf(offsets: ReadonlySet<number>): { from: number; to: number }[] {
  const ranges: { from: number; to: number }[] = []
  for (const offset of [...offsets].sort((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last?.to === offset - 1) last.to = offset
    else ranges.push({ from: offset, to: offset })
  }
  return ranges
}
