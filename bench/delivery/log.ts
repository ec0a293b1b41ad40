import type { Arrival } from './collector.ts'
import { storedMarks } from './count.ts'
import type { Tracker } from './tracker.ts'

/** One line a request: when, how big, what it carried, what was answered; then the marks that are missing. */
export function logOf(tracker: Tracker, arrivals: readonly Arrival[], marks: readonly string[]): string {
  const startedAt = Math.min(...arrivals.map(({ at }) => at))
  const lines = arrivals.map(arrival => {
    const { at, method, url, body, outcome, stored } = arrival
    const ids = tracker.eventsIn(arrival).map(({ id }) => id)
    const carried = ids.length ? `${ids[0]} … ${ids.at(-1)} (${ids.length})` : '—'
    return `+${at - startedAt} ms ${method} ${url} ${body.length} B, ${carried}: ${outcome}${stored ? ', stored' : ''}`
  })
  const stored = storedMarks(tracker, arrivals, new Set(marks))
  const missing = marks.filter(mark => !stored.has(mark))
  return [...lines, `missing: ${missing.length ? missing.slice(0, 20).join(' ') : 'none'}`].join('\n')
}
