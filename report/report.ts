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
  /** The ten names that came up most in the whole report, and how often in this stretch. */
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
 * The report of a span of at least ten minutes. Sums and movers are of all names. The same `landed` gives the same report.
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

function partOf({ events, colors, pages }: Landed, span: Span, from: number, to: number): Part {
  const minutes = minutesOf(span)
  const ofTop = (tallies: readonly Tally[]): Count[] => {
    const counts = new Map(countsOf(tallies, from, to).map(({ name, count }) => [name, count]))
    const top = countsOf(tallies, 0, minutes).slice(0, topNames)
    return top.map(({ name }) => ({ name, count: counts.get(name) ?? 0 }))
  }
  const timeOf = (minute: number) => new Date(span.fromMs + minute * minuteMs).toISOString()
  return {
    from: timeOf(from),
    to: timeOf(to),
    events: total(countsOf(events, from, to)),
    colors: ofTop(colors),
    pages: ofTop(pages),
  }
}
