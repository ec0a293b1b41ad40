import { filesOf } from '../audit/files.ts'
import { hourLengthMs } from '../hdfs/path.ts'
import type { FoundFile } from '../hdfs/recovery.ts'
import { keysOf, ofKey } from '../hdfs/table.ts'

/** Which landed files are read again: all, but for what is left out here. */
export interface WantedFiles {
  /** Only hours that end after this, milliseconds since 1970. */
  sinceMs?: number | undefined
  /** Only hours that begin before this, milliseconds since 1970. */
  untilMs?: number | undefined
  partition?: number | undefined
  /** Only files that may hold this offset or one behind it, of the generation that it belongs to. */
  from?: { offset: number; generation: number } | undefined
}

/** The files of one UTC hour of the topic's clock. */
export interface HourOfFiles {
  hourMs: number
  /** By partition, in the order of its log. */
  files: Map<number, FoundFile[]>
}

/** The wanted files by hour, the oldest first. */
export function hoursOf(files: readonly FoundFile[], wanted: WantedFiles): HourOfFiles[] {
  const { sinceMs = 0, untilMs = Number.POSITIVE_INFINITY, partition, from } = wanted
  const hours = new Map<number, HourOfFiles['files']>()
  for (const key of keysOf(files)) {
    if (partition !== undefined && key.partition !== partition) continue
    if (from && key.generation !== from.generation) continue
    const reach = from && { from: from.offset, to: Number.POSITIVE_INFINITY }
    const ofLog = ofKey(files, key)
    for (const file of reach ? filesOf(ofLog, reach) : ofLog) {
      if (file.hourMs + hourLengthMs <= sinceMs || file.hourMs >= untilMs) continue
      const hour = hours.get(file.hourMs) ?? new Map<number, FoundFile[]>()
      hours.set(file.hourMs, hour.set(file.partition, [...(hour.get(file.partition) ?? []), file]))
    }
  }
  return [...hours].map(([hourMs, ofHour]) => ({ hourMs, files: ofHour })).sort((a, b) => a.hourMs - b.hourMs)
}
