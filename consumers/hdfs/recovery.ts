import { PartitionHalted } from '../sink.ts'
import { type LandedRow, lastLineOf, parseLandedRow } from './last-line.ts'
import { folderOf, hourLengthMs, type LandedPath, mayBeOf, parseFolder, parsePath } from './path.ts'
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

/** The newest file, and the hour below which no other was looked for. */
export interface NewestFile extends FoundFile {
  floorMs: number
}

/** Below this hour {@link findNewest} finds no file once one of `hourMs` has landed. */
export function floorOf(hourMs: number): number {
  return hourMs - lookBackMs
}

/**
 * The file with the highest number among the folders of the last 24 hours below the newest folder that has one. Folders are
 * read from the newest day down, so a partition that is written costs two days of listings at most. Where these hold a file of
 * a later generation, that one is returned.
 */
export async function findNewest(store: LandingStore, key: FileKey): Promise<NewestFile | undefined> {
  const days = (await store.list('')).filter(entry => entry.directory && /^dt=\d{4}-\d\d-\d\d$/.test(entry.name))
  const names = days
    .map(entry => entry.name)
    .sort()
    .reverse()
  let found: FoundFile[] = []
  for (const day of names) {
    const floorMs = floorOfAll(found)
    if (found.length > 0 && (parseFolder(`${day}/hr=23`) ?? 0) < floorMs) break
    const files = await filesOfDay(store, day, key)
    const later = files.find(file => file.generation > key.generation)
    if (later) return { ...later, floorMs: floorOf(later.hourMs) }
    found = found.concat(files)
  }
  const newest = newestOf(found)
  return newest && { ...newest, floorMs: floorOfAll(found) }
}

function floorOfAll(files: readonly LandedPath[]): number {
  return floorOf(Math.max(...files.map(file => file.hourMs)))
}

/** The rule of {@link findNewest} on files at hand. */
export function newestOf<T extends LandedPath>(files: readonly T[]): T | undefined {
  const floorMs = floorOfAll(files)
  const near = files.filter(file => file.hourMs >= floorMs)
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
    if (entry.directory || !mayBeOf(key.partition, entry.name)) continue
    const path = `${folder}/${entry.name}`
    const parsed = parsePath(path)
    if (parsed?.partition !== key.partition || parsed.generation < key.generation) continue
    files.push({ ...parsed, path, length: entry.length })
  }
  return files
}

/**
 * Throws {@link PartitionHalted} for a file of this path that no start would find again: the next one would go on from an older
 * file, lose to this one for ever, or land its rows a second time.
 */
export function requireFindable(
  path: string,
  hourMs: number,
  { topic, floorMs }: { topic: string; floorMs: number },
): void {
  if (hourMs >= floorMs) return
  const ahead = folderOf(floorMs + lookBackMs)
  throw new PartitionHalted(
    `${topic}: ${path} is not landed, because this partition has files up to ${ahead}, more than 24 hours later, and no start would find it below them. ` +
      `A broker's clock was ahead: end the writers, move the files that lie too late (name and content as they are) into the folder ${folderOf(hourMs)}, and start again.`,
  )
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
  return { ...row, where: file.path, floorMs: file.floorMs }
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
