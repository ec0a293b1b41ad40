import type { Arrival } from './collector.ts'
import { labAction, type Tracker } from './tracker.ts'

/** What became of the events of one visit or of many. */
export interface Count {
  /** Events that the visitor made. */
  tracked: number
  /** Of those, the ones that the collector stored at least once. */
  delivered: number
  /** Stored again under another id, so that no storage can tell: what is left over after dedupe by id. */
  doubled: number
  /** Copies beyond the first in all the bodies that came, stored or not. */
  resent: number
  /** Numbers missing below a tab's last stored one, where ids end in `-<n>`. */
  gaps: number
}

/** Compares what the visitor made, one mark an event, with what came. */
export function countOf(tracker: Tracker, arrivals: readonly Arrival[], marks: readonly string[]): Count {
  const wanted = new Set(marks)
  const carried = arrivals.flatMap(arrival => tracker.marksIn(arrival)).filter(mark => wanted.has(mark))
  const stored = arrivals.filter(arrival => arrival.stored)
  const delivered = storedMarks(tracker, arrivals, wanted).size
  const ids = stored.flatMap(arrival => tracker.eventsIn(arrival)).filter(({ action }) => action === labAction)
  const distinct = new Set(ids.map(({ id }, index) => id ?? index)).size
  return {
    tracked: wanted.size,
    delivered,
    doubled: Math.max(0, distinct - delivered),
    resent: carried.length - new Set(carried).size,
    gaps: gapsIn(stored.flatMap(arrival => tracker.eventsIn(arrival))),
  }
}

/** Those of the wanted marks that the collector stored. */
export function storedMarks(
  tracker: Tracker,
  arrivals: readonly Arrival[],
  wanted: ReadonlySet<string>,
): ReadonlySet<string> {
  const stored = arrivals.filter(arrival => arrival.stored).flatMap(arrival => tracker.marksIn(arrival))
  return new Set(stored.filter(mark => wanted.has(mark)))
}

/** Sum of several counts. */
export function sumOf(counts: readonly Count[]): Count {
  const total = { tracked: 0, delivered: 0, doubled: 0, resent: 0, gaps: 0 }
  for (const count of counts) {
    total.tracked += count.tracked
    total.delivered += count.delivered
    total.doubled += count.doubled
    total.resent += count.resent
    total.gaps += count.gaps
  }
  return total
}

function gapsIn(events: readonly { id: string | undefined }[]): number {
  const tabs = new Map<string, Set<number>>()
  for (const { id } of events) {
    const [, tab, n] = /^([0-9a-z]{16,40})-(\d+)$/.exec(id ?? '') ?? []
    if (tab) tabs.set(tab, (tabs.get(tab) ?? new Set()).add(Number(n)))
  }
  return [...tabs.values()].reduce((sum, seen) => sum + Math.max(...seen) - seen.size, 0)
}
