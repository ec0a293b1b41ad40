import { type Count, countsOf, total } from './counts.ts'
import type { Landed, Tally } from './landed.ts'
import { byChange, type Mover, moversOf } from './movers.ts'
import { lossBySite, type SiteLoss } from './site-loss.ts'
import { minuteMs, minutesOf, type Span, windowMinutes } from './span.ts'

/** What happened in a stretch of time. Times are ISO 8601, UTC; `to` is not in it. */
export interface Part {
  from: string
  to: string
  events: number
  /** The most frequent ones. */
  colors: Count[]
  pages: Count[]
}

export interface Report extends Part {
  /** Each five minutes long, beginning a minute after the one before. */
  windows: Part[]
  /** What changed most between the last window and the one that ended where it begins. */
  movers: Mover[]
  loss: SiteLoss[]
  /** Files that could not be read and are not counted, each with the reason. */
  unread: readonly string[]
}

const topNames = 10

/**
 * The report of a span of at least ten minutes. Names are the first ten by count; sums and movers are of all. The same
 * `landed` gives the same report.
 */
export function reportOf(landed: Landed, span: Span): Report {
  const minutes = minutesOf(span)
  const last = minutes - windowMinutes
  const starts = Array.from({ length: last + 1 }, (_, start) => start)
  const counted = (tallies: readonly Tally[], start: number) => countsOf(tallies, start, start + windowMinutes)
  const moved = (kind: Mover['kind'], tallies: readonly Tally[]) =>
    moversOf(kind, counted(tallies, last - windowMinutes), counted(tallies, last))
  return {
    ...partOf(landed, span, 0, minutes),
    windows: starts.map(start => partOf(landed, span, start, start + windowMinutes)),
    movers: [...moved('color', landed.colors), ...moved('page', landed.pages)].sort(byChange).slice(0, topNames),
    loss: lossBySite(landed),
    unread: landed.unread,
  }
}

function partOf({ events, colors, pages }: Landed, { fromMs }: Span, from: number, to: number): Part {
  const top = (tallies: readonly Tally[]) => countsOf(tallies, from, to).slice(0, topNames)
  return {
    from: new Date(fromMs + from * minuteMs).toISOString(),
    to: new Date(fromMs + to * minuteMs).toISOString(),
    events: total(countsOf(events, from, to)),
    colors: top(colors),
    pages: top(pages),
  }
}
