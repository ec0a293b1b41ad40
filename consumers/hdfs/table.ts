import { type GapPath, parseFolder, parseGapPath, parsePath } from './path.ts'
import type { FileKey, FoundFile } from './recovery.ts'
import type { LandingStore } from './store.ts'

export interface FoundGap extends GapPath {
  path: string
  length: number
}

/** What lies in the table and is not ours. */
export interface Stranger {
  path: string
  directory: boolean
  /** Begins with `_` or `.`: Hive does not look at it. */
  hidden: boolean
}

/** Everything that a table holds. */
export interface TableContent {
  /** Landed files, the lowest number first; files of one number by hour. */
  files: FoundFile[]
  gaps: FoundGap[]
  strangers: Stranger[]
  /** `dt=…` folders, the oldest first. */
  days: string[]
  /** `dt=…/hr=…` folders, the oldest first. */
  hours: string[]
}

/**
 * Lists a table. Folders are read one by one from the newest down: a file that lands meanwhile may be missing, but never one before a
 * file that is there. Rejects with a {@link StoreError}.
 */
export async function readTable(store: LandingStore): Promise<TableContent> {
  const content: TableContent = { files: [], gaps: [], strangers: [], days: [], hours: [] }

  async function foldersIn(folder: string, isOurs: (path: string) => boolean): Promise<string[]> {
    const ours: string[] = []
    for (const { name, directory } of await store.list(folder)) {
      const path = folder === '' ? name : `${folder}/${name}`
      if (directory && isOurs(path)) ours.push(path)
      else content.strangers.push({ path, directory, hidden: isHidden(name) })
    }
    return ours.sort()
  }

  content.days = await foldersIn('', day => parseFolder(`${day}/hr=00`) !== undefined)
  for (const day of content.days.toReversed()) {
    const hours = await foldersIn(day, hour => parseFolder(hour) !== undefined)
    content.hours.unshift(...hours)
    for (const hour of hours.toReversed()) {
      for (const { name, directory, length } of await store.list(hour)) {
        const path = `${hour}/${name}`
        const file = directory ? undefined : parsePath(path)
        const gap = directory ? undefined : parseGapPath(path)
        if (file) content.files.push({ ...file, path, length })
        else if (gap) content.gaps.push({ ...gap, path, length })
        else content.strangers.push({ path, directory, hidden: isHidden(name) })
      }
    }
  }
  content.files.sort((a, b) => a.start - b.start || a.hourMs - b.hourMs || a.path.localeCompare(b.path))
  content.gaps.sort((a, b) => a.from - b.from || a.to - b.to)
  content.strangers.sort((a, b) => a.path.localeCompare(b.path))
  return content
}

function isHidden(name: string): boolean {
  return name.startsWith('_') || name.startsWith('.')
}

/** Whose files a table holds, by generation and partition. */
export function keysOf(files: readonly FileKey[]): FileKey[] {
  const keys = new Map<string, FileKey>()
  for (const { partition, generation } of files) keys.set(`${generation}/${partition}`, { partition, generation })
  return [...keys.values()].sort((a, b) => a.generation - b.generation || a.partition - b.partition)
}

/** Those of a list that belong to one partition of one generation. */
export function ofKey<T extends FileKey>(list: readonly T[], { partition, generation }: FileKey): T[] {
  return list.filter(one => one.partition === partition && one.generation === generation)
}
