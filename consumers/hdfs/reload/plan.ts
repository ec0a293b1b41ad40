import type { Bounds } from '../../../topic/topic.ts'
import { wayOut } from '../partition-buffer.ts'
import { type FileKey, type FoundFile, newestOf, readLastRow } from '../recovery.ts'
import type { LandingStore } from '../store.ts'
import { ofKey, readTable } from '../table.ts'

export interface ReloadRequest extends FileKey {
  topic: string
  /** An offset: the file that holds it is the first to go. */
  from: number
  /** What is on the log now. */
  bounds: Bounds
}

export interface ReloadPlan {
  /** To be moved: the highest number first, so that what is left of an interrupted run is whole. */
  move: FoundFile[]
  /** Where the writer goes on, by what is left. */
  next: number
  /** The file that it goes on from; undefined where none is left, and then the group's commit says it, or the log's beginning. */
  after: FoundFile | undefined
}

/** A reload that would lose records, or do nothing. The message says what to do instead. */
export class ReloadRefused extends Error {
  override readonly name = 'ReloadRefused'
}

/**
 * What a reload would move and where the writer would go on. Throws {@link ReloadRefused} where the log no longer holds what would be
 * moved, and a {@link StoreError} where the storage is away.
 */
export async function planReload(store: LandingStore, request: ReloadRequest): Promise<ReloadPlan> {
  const { topic, partition, generation, from, bounds } = request
  const files = ofKey((await readTable(store)).files, request)
  const [oldest] = files
  const life = generation > 1 ? ` in generation ${generation}` : ''
  const who = `partition ${partition} of ${topic}${life}`
  if (!oldest) throw new ReloadRefused(`${who} has no file in ${store.description}: nothing to reload`)
  const holds = files.findLast(file => file.start <= from)
  if (!holds) throw new ReloadRefused(`the oldest file of ${who} begins at ${oldest.start}: use --from ${oldest.start}`)
  await requireLanded(store, files, request)

  const left = files.filter(file => file.start < holds.start)
  const after = newestOf(left)
  const next = after ? await nextAfter(store, after, left, request) : holds.start
  if (next < bounds.low) {
    const whole = files.find(file => file.start >= bounds.low)
    const instead = whole ? `The first file that the topic still holds as a whole: --from ${whole.start}.` : ''
    throw new ReloadRefused(
      `${who} would go on at offset ${next}, but the topic begins at ${bounds.low}: rows that are in the files now would be lost. ${instead}`,
    )
  }
  if (next > bounds.high)
    throw new ReloadRefused(
      `${who} would go on at offset ${next}, but the topic ends at ${bounds.high}: it is not the log that landed. ${wayOut(generation)}`,
    )
  const move = files.filter(file => file.start >= holds.start).toReversed()
  // Without a file, a later generation begins where the log does: a commit may be that of the generation before.
  return { move, next: after || generation === 1 ? next : bounds.low, after }
}

/** An offset beyond the newest file is not landed yet. A newest file that can't be read holds whatever is asked for. */
async function requireLanded(store: LandingStore, files: FoundFile[], { from }: ReloadRequest): Promise<void> {
  const newest = files.at(-1)
  const row = newest && (await readLastRow(store, newest))
  if (row && from > row.offset)
    throw new ReloadRefused(`offset ${from} has not landed yet: the newest file ends at ${row.offset}`)
}

async function nextAfter(
  store: LandingStore,
  after: FoundFile,
  left: FoundFile[],
  { topic, partition }: ReloadRequest,
): Promise<number> {
  const row = await readLastRow(store, after)
  const foreign = !row || row.topic !== topic || row.partition !== partition
  if (foreign || left.some(file => file.start > after.start))
    throw new ReloadRefused(
      `the writer could not go on from ${after.path}, the newest file left: use --from ${after.start}, or run "clicktrail hdfs check"`,
    )
  return row.offset + 1
}
