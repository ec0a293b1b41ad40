import { commitMetadata } from '../../sink.ts'
import type { LandedRow } from '../last-line.ts'
import { wayOut } from '../partition-buffer.ts'
import { type FileKey, type FoundFile, newestOf, readLastRow } from '../recovery.ts'
import type { LandingStore } from '../store.ts'
import { ofKey, readTable } from '../table.ts'
import { eventIdOf, holdsRowsOf, type LogNow } from './same-log.ts'

export interface ReloadRequest extends FileKey, LogNow {
  topic: string
  /** An offset: the file that holds it is the first to go. */
  from: number
}

export interface ReloadPlan {
  /** To be moved: the highest number first, so that what is left of an interrupted run is whole. */
  move: FoundFile[]
  /** Where the writer goes on, by what is left. */
  next: number
  /** Goes with the commit of `next`: names the record before it, so that a writer notices another log. Empty where it is not known. */
  metadata: string
  /** The file that it goes on from; undefined where none is left, and then the group's commit says it, or the log's beginning. */
  after: FoundFile | undefined
  /** Landed offsets that the log has lost at its end, `to` included: nobody lands them again. */
  gone: { from: number; to: number } | undefined
}

/** A reload that would take rows out that nobody lands again, or do nothing. The message says what to do instead. */
export class ReloadRefused extends Error {
  override readonly name = 'ReloadRefused'
}

/**
 * What a reload would move and where the writer would go on. Throws {@link ReloadRefused} where the log no longer holds the record that
 * the writer would go on at, is another than the one that landed, or a later generation has files; a {@link StoreError} where the
 * storage is away; and what `recordAt` rejects with. What a log has lost at its end is no reason: the plan says it, and the
 * writer goes on from before.
 */
export async function planReload(store: LandingStore, request: ReloadRequest): Promise<ReloadPlan> {
  const { partition, generation, from, bounds } = request
  const table = (await readTable(store)).files
  const files = ofKey(table, request)
  const who = whoOf(request)
  const [oldest] = files
  if (!oldest) throw new ReloadRefused(`${who} has no file in ${store.description}: nothing to reload`)
  const later = table.find(file => file.partition === partition && file.generation > generation)
  if (later)
    throw new ReloadRefused(
      `${who} is of a log that is gone: generation ${later.generation} has files, ${later.path} for one. Move a damaged file out of the table, nothing lands it again.`,
    )
  const holds = files.findLast(file => file.start <= from)
  if (!holds) throw new ReloadRefused(`the oldest file of ${who} begins at ${oldest.start}: use --from ${oldest.start}`)
  const landed = await requireLanded(store, files, request)

  const left = files.filter(file => file.start < holds.start)
  const after = newestOf(left)
  const row = after && (await rowToGoOnFrom(store, after, left, request))
  const next = row ? row.offset + 1 : holds.start
  requireOnLog(next, files, request)
  const again = files.filter(file => file.start >= holds.start)
  const before = next > bounds.low ? await request.recordAt(next - 1) : undefined
  const eventId = eventIdOf(before)
  if (after && row && next > bounds.low) requireSame({ ...row, path: after.path, start: after.start }, eventId, request)
  else if ((await holdsRowsOf(again, { store, topic: request.topic, log: request })) === 'no')
    throw new ReloadRefused(
      `the topic holds nothing of what landed from offset ${next} on of ${who}: it is not the log that landed. ${wayOut(generation)}`,
    )
  // Without a file, a later generation begins where the log does: a commit may be that of the generation before.
  const byCommit = after !== undefined || generation === 1
  return {
    move: again.toReversed(),
    next: byCommit ? next : bounds.low,
    metadata: byCommit && before && eventId !== undefined ? commitMetadata(before.timestampMs, eventId) : '',
    after,
    gone: landed !== undefined && landed >= bounds.high ? { from: bounds.high, to: landed } : undefined,
  }
}

function whoOf({ partition, topic, generation }: ReloadRequest): string {
  return `partition ${partition} of ${topic}${generation > 1 ? ` in generation ${generation}` : ''}`
}

/**
 * An offset beyond the newest file is not landed yet. A newest file that can't be read holds whatever is asked for. Returns the
 * last offset that is landed, where it can be read.
 */
async function requireLanded(
  store: LandingStore,
  files: FoundFile[],
  { from, topic, partition }: ReloadRequest,
): Promise<number | undefined> {
  const newest = files.at(-1)
  const row = newest && (await readLastRow(store, newest))
  if (row && from > row.offset)
    throw new ReloadRefused(`offset ${from} has not landed yet: the newest file ends at ${row.offset}`)
  return row?.topic === topic && row.partition === partition ? row.offset : undefined
}

async function rowToGoOnFrom(
  store: LandingStore,
  after: FoundFile,
  left: FoundFile[],
  { topic, partition }: ReloadRequest,
): Promise<LandedRow> {
  const row = await readLastRow(store, after)
  const foreign = !row || row.topic !== topic || row.partition !== partition
  if (foreign || left.some(file => file.start > after.start))
    throw new ReloadRefused(
      `the writer could not go on from ${after.path}, the newest file left: use --from ${after.start}, or run "clicktrail hdfs check"`,
    )
  return row
}

function requireOnLog(next: number, files: readonly FoundFile[], request: ReloadRequest): void {
  const { low, high } = request.bounds
  const goesOn = `${whoOf(request)} would go on at offset ${next}, but the topic`
  if (next < low) {
    const whole = files.find(file => file.start >= low)
    const instead = whole ? `The first file that the topic still holds as a whole: --from ${whole.start}.` : ''
    throw new ReloadRefused(
      `${goesOn} begins at ${low}: rows that are in the files now would be lost. ${instead}`.trimEnd(),
    )
  }
  if (next > high)
    throw new ReloadRefused(
      `${goesOn} ends at ${high}. If it has lost its newest records: --from ${high}. If it was made again: ${wayOut(request.generation)}`,
    )
}

/** The row that the writer would go on from must lie on the log: it looks there too, and halts. */
function requireSame(
  row: LandedRow & { path: string; start: number },
  eventId: string | undefined,
  { generation }: ReloadRequest,
): void {
  if (eventId === row.eventId) return
  throw new ReloadRefused(
    `offset ${row.offset} of the topic holds event ${eventId ?? '(none)'}, but ${row.path} says ${row.eventId}: it is not the log that landed. ` +
      `If it has lost records and got others, go back to before: --from ${row.start}. If it was made again: ${wayOut(generation)}`,
  )
}
