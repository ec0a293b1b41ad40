import { type FileKey, newestOf } from './recovery.ts'
import type { LandingStore } from './store.ts'
import { keysOf, ofKey, type TableContent } from './table.ts'

const dayMs = 86_400_000

/** A day that goes, with all that lies in it. */
export interface DroppedDay {
  day: string
  /** Of hours. */
  folders: number
  /** Landed files and gap files. */
  files: number
  bytes: number
}

export interface RetentionPlan {
  /** The oldest first. */
  drop: DroppedDay[]
  /** Days that are old enough and stay all the same. */
  keep: { day: string; why: string }[]
}

/**
 * Which days of a table are older than `days` before today, in UTC. A day stays when it holds anything that is not ours, and when it holds the
 * newest file of a partition in its latest generation: the writer goes on from there, and without it from a commit that may be behind or gone.
 */
export function planRetention(content: TableContent, { days, nowMs }: { days: number; nowMs: number }): RetentionPlan {
  const cutoffMs = Math.floor(nowMs / dayMs) * dayMs - days * dayMs
  const plan: RetentionPlan = { drop: [], keep: [] }
  const newest = newestFiles(content)
  for (const day of content.days.filter(name => Date.parse(name.slice('dt='.length)) < cutoffMs)) {
    const within = ({ path }: { path: string }) => path.startsWith(`${day}/`)
    const strangers = content.strangers.filter(within)
    const held = newest.filter(within)
    if (strangers.length > 0)
      plan.keep.push({ day, why: `it holds what is not ours: ${some(strangers.map(one => one.path))}` })
    else if (held.length > 0) plan.keep.push({ day, why: `the writer goes on from ${some(held.map(one => one.path))}` })
    else {
      const files = [...content.files.filter(within), ...content.gaps.filter(within)]
      plan.drop.push({
        day,
        folders: content.hours.filter(hour => hour.startsWith(`${day}/`)).length,
        files: files.length,
        bytes: files.reduce((sum, file) => sum + file.length, 0),
      })
    }
  }
  return plan
}

/** Removes the days of a plan, the oldest first, so that what is left of an interrupted run is whole. Rejects with a {@link StoreError}. */
export async function retain(
  store: LandingStore,
  plan: RetentionPlan,
  onDropped: (day: DroppedDay) => void = () => {},
): Promise<void> {
  for (const dropped of plan.drop) {
    await store.removeFolder(dropped.day)
    onDropped(dropped)
  }
}

function newestFiles({ files }: TableContent) {
  const latest = new Map<number, FileKey>()
  // Generations rise.
  for (const key of keysOf(files)) latest.set(key.partition, key)
  return [...latest.values()].flatMap(key => newestOf(ofKey(files, key)) ?? [])
}

function some(paths: readonly string[]): string {
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : ''
  return `${paths.slice(0, 3).join(', ')}${more}`
}
