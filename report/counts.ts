import type { Tally } from './landed.ts'

/** How often a name came up. */
export interface Count {
  name: string
  count: number
}

/** The counts of the minutes `from` … `to` (not included), most first, then by name. */
export function countsOf(tallies: readonly Tally[], from: number, to: number): Count[] {
  const counts = new Map<string, number>()
  for (const { minute, name, count } of tallies) {
    if (minute >= from && minute < to) counts.set(name, (counts.get(name) ?? 0) + count)
  }
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || byName(a.name, b.name))
}

/** By code unit, so that it is the same on every machine. */
export function byName(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
