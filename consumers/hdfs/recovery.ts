import { PartitionHalted } from '../sink.ts'
import { type LandedRow, lastLineOf, parseLandedRow } from './last-line.ts'
import { hourLengthMs, type LandedPath, parseFolder, parsePath } from './path.ts'
import type { LandingStore } from './store.ts'

/** How far below the newest folder the newest file may lie: LogAppendTime steps back when a leader's clock does. */
const lookBackMs = 24 * hourLengthMs
const firstTailBytes = 65_536
const maxTailBytes = 8 * 1_048_576

/** Whose files are meant. */
export interface FileKey {
  partition: number
  generation: number
}

export interface FoundFile extends LandedPath {
  path: string
  length: number
}

/**
 * The file with the highest number among the folders of the last 24 hours below the newest folder that has one. Folders are
 * read from the newest day down, so a partition that is written costs two days of listings at most. Where these hold a file of
 * a later generation, that one is returned.
 */
export async function findNewest(store: LandingStore, key: FileKey): Promise<FoundFile | undefined> {
  const days = (await store.list('')).filter(entry => entry.directory && /^dt=\d{4}-\d\d-\d\d$/.test(entry.name))
  const names = days
    .map(entry => entry.name)
    .sort()
    .reverse()
  let found: FoundFile[] = []
  for (const day of names) {
    const newestHourMs = Math.max(...found.map(file => file.hourMs))
    const floorMs = found.length === 0 ? 0 : newestHourMs - lookBackMs
    if (found.length > 0 && (parseFolder(`${day}/hr=23`) ?? 0) < floorMs) break
    const files = await filesOfDay(store, day, key)
    const later = files.find(file => file.generation > key.generation)
    if (later) return later
    found = found.concat(files)
  }
  return newestOf(found)
}

/** The rule of {@link findNewest} on files at hand. */
export function newestOf<T extends LandedPath>(files: readonly T[]): T | undefined {
  const newestHourMs = Math.max(...files.map(file => file.hourMs))
  const near = files.filter(file => file.hourMs >= newestHourMs - lookBackMs)
  return near.reduce<T | undefined>((best, file) => (best && best.start >= file.start ? best : file), undefined)
}

async function filesOfDay(store: LandingStore, day: string, key: FileKey): Promise<FoundFile[]> {
  const hours = (await store.list(day))
    .map(entry => `${day}/${entry.name}`)
    .filter(hour => parseFolder(hour) !== undefined)
  const listings = await Promise.all(hours.map(hour => filesOfHour(store, hour, key)))
  return listings.flat()
}

async function filesOfHour(store: LandingStore, folder: string, key: FileKey): Promise<FoundFile[]> {
  const files: FoundFile[] = []
  for (const entry of await store.list(folder)) {
    const path = `${folder}/${entry.name}`
    const parsed = entry.directory ? undefined : parsePath(path)
    if (parsed?.partition !== key.partition || parsed.generation < key.generation) continue
    files.push({ ...parsed, path, length: entry.length })
  }
  return files
}

/** The last row landed, and the file that it lies in. Throws {@link PartitionHalted} where a writer can't go on from it. */
export async function readNewestRow(store: LandingStore, key: FileKey & { topic: string }) {
  const { topic, partition, generation } = key
  const file = await findNewest(store, key)
  if (!file) return undefined
  if (file.generation > generation)
    throw new PartitionHalted(
      `${topic}/${partition}: ${file.path} is of generation ${file.generation}, and this writer of ${generation}: it would land a log again that has landed. ` +
        `Set CLICKTRAIL_GENERATION=${file.generation}.`,
    )
  const row = await readLastRow(store, file)
  if (!row || row.partition !== partition || row.topic !== topic) {
    const found = row ? `ends in a row of ${row.topic}/${row.partition}` : 'does not end in a whole row'
    throw new PartitionHalted(
      `${topic}/${partition}: the newest file ${file.path} ${found}. Move it out of the table, or give this topic a path of its own.`,
    )
  }
  return { ...row, where: file.path }
}

/** The last row of a file, by one short read from its end (longer ones only for a row that is longer); undefined if it ends in none. */
export async function readLastRow(store: LandingStore, file: FoundFile): Promise<LandedRow | undefined> {
  for (let bytes = firstTailBytes; ; bytes *= 4) {
    const length = Math.min(bytes, file.length)
    const tail = await store.read(file.path, file.length - length, length)
    const line = lastLineOf(tail, file.format, length === file.length)
    if (line !== undefined) return parseLandedRow(line)
    if (length === file.length || bytes >= maxTailBytes) return undefined
  }
}
