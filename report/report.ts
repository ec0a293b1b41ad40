import { type Count, countsOf } from './counts.ts'
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
  /** What changed most between the last window and the one that ended where it begins. */
  movers: Mover[]
  loss: SiteLoss[]
  /** Files that could not be read and are not counted, each with the reason. */
  unread: readonly string[]
  /** Each five minutes long, beginning a minute after the one before. */
  windows: Part[]
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
  const partOf = partsOf(landed, span)
  return {
    ...partOf(0, minutes),
    movers: [...moved('color', landed.colors), ...moved('page', landed.pages)].sort(byChange).slice(0, topNames),
    loss: lossBySite(landed),
    unread: landed.unread,
    windows: starts.map(start => partOf(start, start + windowMinutes)),
  }
}

/** The parts of a span by their minutes. There are up to 1,436 of them: names are counted once, then each minute of the top ones is at hand. */
function partsOf({ events, colors, pages }: Landed, span: Span): (from: number, to: number) => Part {
  const timeOf = (minute: number) => new Date(span.fromMs + minute * minuteMs).toISOString()
  const minutes = minutesOf(span)
  const eventsOf = sumsOf(events, minutes)
  const tops = (tallies: readonly Tally[]) => {
    const top = new Map<string, Tally[]>()
    for (const { name } of countsOf(tallies, 0, minutes).slice(0, topNames)) top.set(name, [])
    for (const tally of tallies) top.get(tally.name)?.push(tally)
    return [...top].map(([name, some]) => ({ name, countOf: sumsOf(some, minutes) }))
  }
  const [topColors, topPages] = [tops(colors), tops(pages)]
  return (from, to) => ({
    from: timeOf(from),
    to: timeOf(to),
    events: eventsOf(from, to),
    colors: topColors.map(({ name, countOf }) => ({ name, count: countOf(from, to) })),
    pages: topPages.map(({ name, countOf }) => ({ name, count: countOf(from, to) })),
  })
}

/** How much the minutes `from` … `to` (not included) come to. */
function sumsOf(tallies: readonly Tally[], minutes: number): (from: number, to: number) => number {
  const byMinute = new Array<number>(minutes).fill(0)
  for (const { minute, count } of tallies) byMinute[minute] = (byMinute[minute] ?? 0) + count
  return (from, to) => byMinute.slice(from, to).reduce((sum, count) => sum + count, 0)
}
