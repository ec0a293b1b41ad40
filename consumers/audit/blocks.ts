/** Offsets from `from` to before `to`. */
export interface Span {
  from: number
  to: number
}

/** Offsets that are counted together: as many documents as one search returns. */
export const blockOffsets = 10_000
/** Blocks of one request. */
const blocksAtOnce = 1_000

/** A span in requests of at most 1,000 blocks each. */
export function* requestsOf({ from, to }: Span): Generator<Span> {
  const step = blockOffsets * blocksAtOnce
  for (let at = from; at < to; at = nextMultiple(at, step)) yield { from: at, to: Math.min(to, nextMultiple(at, step)) }
}

/**
 * The blocks of a span whose count is not the number of their offsets. Blocks begin at multiples of 10,000; the first and the last
 * are cut by the span. `counts`: documents by the begin of their whole block.
 */
export function unevenBlocks({ from, to }: Span, counts: ReadonlyMap<number, number>): Span[] {
  const uneven: Span[] = []
  for (let at = from; at < to; at = nextMultiple(at, blockOffsets)) {
    const block = { from: at, to: Math.min(to, nextMultiple(at, blockOffsets)) }
    const begin = Math.floor(at / blockOffsets) * blockOffsets
    if ((counts.get(begin) ?? 0) !== block.to - block.from) uneven.push(block)
  }
  return uneven
}

/** The two halves of a span of at least two offsets. */
export function halvesOf({ from, to }: Span): [Span, Span] {
  const middle = from + Math.floor((to - from) / 2)
  return [
    { from, to: middle },
    { from: middle, to },
  ]
}

/** Ascending offsets as spans; those that lie at most `apart` from the one before are in one. */
export function spansOf(offsets: Iterable<number>, apart = 1): Span[] {
  const spans: Span[] = []
  for (const offset of offsets) {
    const last = spans.at(-1)
    if (last && offset - (last.to - 1) <= apart) last.to = offset + 1
    else spans.push({ from: offset, to: offset + 1 })
  }
  return spans
}

/** What two spans have in common; undefined where that is nothing. */
export function overlapOf(one: Span, other: Span): Span | undefined {
  const from = Math.max(one.from, other.from)
  const to = Math.min(one.to, other.to)
  return from < to ? { from, to } : undefined
}

function nextMultiple(offset: number, step: number): number {
  return (Math.floor(offset / step) + 1) * step
}
