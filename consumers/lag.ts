import type { LogRecord } from '../topic/topic.ts'

/** How far one partition is behind the end of its log. */
export interface Lag {
  /** These were delivered: a record's own time says when the log ended before it. */
  delivered(records: readonly LogRecord[]): void
  /** The log ended at `high` at that time, milliseconds. */
  ended(high: number, atMs: number): void
  /** Records from `next` to the end as last known, and for how many seconds the first of them has been there: to a second, or to a hundredth of the backlog. */
  behind(next: number, nowMs: number): { records: number; seconds: number }
}

const finestMs = 1_000
/** With more of them every second one is forgotten, and further ones are as far apart. */
const maxSamples = 600

/**
 * Remembers where the log ended and when, so that `behind` can tell since when it has gone on beyond an offset. Pure: all times
 * come from outside; bounded by {@link maxSamples}. Offsets never go back: a log that does gets a new one of these.
 */
export function createLag(): Lag {
  let samples: { offset: number; atMs: number }[] = []
  let spacingMs = finestMs
  let end = 0
  /** When anything was first known: what lies before all samples has been there for longer. */
  let firstMs = Number.POSITIVE_INFINITY

  function sample(offset: number, atMs: number): void {
    const last = samples.at(-1)
    if (last && offset < last.offset) return
    if (last?.offset === offset) last.atMs = Math.max(last.atMs, atMs)
    else if (!last || atMs - last.atMs >= spacingMs) samples.push({ offset, atMs })
    if (samples.length <= maxSamples) return
    samples = samples.filter((_, index) => index % 2 === 0)
    spacingMs *= 2
  }

  return {
    delivered(records) {
      const [first, last] = [records[0], records.at(-1)]
      if (!first || !last) return
      // It says more than what was only known of the end beyond it.
      samples = samples.filter(({ offset }) => offset <= first.offset)
      sample(first.offset, first.timestampMs)
      end = Math.max(end, last.offset + 1)
    },
    ended(high, atMs) {
      firstMs = Math.min(firstMs, atMs)
      sample(high, atMs)
      end = Math.max(end, high)
    },
    behind(next, nowMs) {
      const passed = samples.findLastIndex(({ offset }) => offset <= next)
      if (passed > 0) samples = samples.slice(passed)
      if (samples.length === 1) spacingMs = finestMs
      const since = Math.min(samples[0]?.atMs ?? nowMs, passed < 0 ? firstMs : nowMs)
      if (end <= next) return { records: 0, seconds: 0 }
      return { records: end - next, seconds: Math.max(0, nowMs - since) / 1_000 }
    },
  }
}
