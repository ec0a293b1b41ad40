import { readLine, recordOf } from '../hdfs/check/line.ts'
import { DamagedFile, readLines } from '../hdfs/check/lines.ts'
import { patientRead } from '../hdfs/check/patient-read.ts'
import type { FoundFile } from '../hdfs/recovery.ts'
import type { LandingStore } from '../hdfs/store.ts'
import type { Rejected, Sink } from '../sink.ts'
import type { HourOfFiles } from './reload-hours.ts'

export interface ReloadFilesOptions {
  store: LandingStore
  topic: string
  hours: readonly HourOfFiles[]
  /** Rows before this offset are passed over. @default 0 */
  from?: number | undefined
  /** Elasticsearch's, made for this and used by nobody else. */
  sink: Sink
  signal: AbortSignal
  /** Of one partition in memory, of four at once. @default 16000000 */
  maxBytes?: number
  /** Told when an hour begins (from 1) and of each few rows. */
  onProgress?(progress: { hour: number; hourMs: number; rows: number }): void
}

/** What could not be brought in. `line` counts from 1. */
export interface ReloadProblem {
  path: string
  line: number
  what: string
}

export interface FilesReloaded {
  /** That could be read. */
  rows: number
  created: number
  /** Were there from the same offset. */
  there: number
  /** Other copies of an event that is there. */
  copies: number
  refused: number
  /** Lines that are no row of their file's log, and files that could not be read to their end. */
  unread: number
  /** Rows of which none of this can be said. */
  unanswered: number
  /** The first 100 of what was refused or not read. */
  problems: ReloadProblem[]
}

const partitionsAtOnce = 4
const maxProblems = 100
/** No commit and no end: the sink takes every offset. */
const wholeLog = { low: 0, high: Number.MAX_SAFE_INTEGER, committed: undefined }

/** A record as it lies in a file, at its place on the log. */
interface Row {
  path: string
  line: number
  offset: number
  eventId: string
  value: Buffer
}

/**
 * Brings the rows of landed files to Elasticsearch, hour by hour: each is created under its event's id, or there already and looked at. What
 * is there stays as it is, so that it is safe to repeat, and while writers run. What Elasticsearch refuses is counted and named, and is
 * no dead letter. In bounded memory. Rejects when a storage is away or refuses us as such, and when `signal` aborts: a part is done then.
 */
export async function reloadFiles(options: ReloadFilesOptions): Promise<FilesReloaded> {
  const { sink, hours, onProgress } = options
  const failed = new AbortController()
  const run: Run = {
    ...options,
    signal: AbortSignal.any([options.signal, failed.signal]),
    read: patientRead(options.store),
    done: { rows: 0, refused: 0, unread: 0, problems: [] },
    onRows: () => {},
  }
  for (const [index, { hourMs, files }] of hours.entries()) {
    run.onRows = () => onProgress?.({ hour: index + 1, hourMs, rows: run.done.rows })
    run.onRows()
    const partitions = files.entries()
    const workOff = async () => {
      for (const [partition, ofPartition] of partitions) await reloadPartition(partition, ofPartition, run)
    }
    const stopAll = (error: unknown) => {
      failed.abort(error)
      throw error
    }
    await Promise.all(Array.from({ length: partitionsAtOnce }, () => workOff().catch(stopAll)))
  }
  const { landed: created, redelivered: there, copies } = sink.counts()
  const { rows, refused } = run.done
  return { ...run.done, created, there, copies, unanswered: rows - created - there - copies - refused }
}

interface Run extends ReloadFilesOptions {
  read: LandingStore['read']
  done: Pick<FilesReloaded, 'rows' | 'refused' | 'unread' | 'problems'>
  onRows(): void
}

/** Files of one partition and hour, through the writer's own sink, as if the log held nothing else. */
async function reloadPartition(partition: number, files: readonly FoundFile[], run: Run): Promise<void> {
  const { sink, signal, done, maxBytes = 16_000_000 } = run
  const rows = new WeakMap<object, Row>()
  let next = Number.POSITIVE_INFINITY

  function refuse({ record, reason, message }: Rejected): void {
    const { path = '', line = 0, eventId = '' } = rows.get(record) ?? {}
    done.refused++
    name(done, { path, line, what: `event ${eventId}: ${reason}: ${message}` })
  }

  /** Until no more than so many bytes are on their way. */
  async function settle(bytes: number): Promise<void> {
    while (sink.buffered(partition).bytes > bytes) {
      const flushed = await sink.flush(partition, signal)
      if (flushed !== 'lost') flushed.rejected.forEach(refuse)
    }
  }

  try {
    for await (const row of rowsOf(files, run)) {
      signal.throwIfAborted()
      const { offset, value } = row
      // The sink passes over what is not behind the last: another generation, or a file that holds offsets once more.
      if (offset < next) {
        await settle(0)
        await sink.start(partition, wholeLog, signal)
      }
      next = offset + 1
      const record = { offset, value, timestampMs: 0 }
      rows.set(record, row)
      if (++done.rows % 1_000 === 0) run.onRows()
      sink.add(partition, [record], Date.now()).forEach(refuse)
      await settle(maxBytes)
    }
    await settle(0)
  } finally {
    sink.drop(partition)
  }
}

/** What can be read of files, in order; the rest is named. */
async function* rowsOf(files: readonly FoundFile[], { read, topic, from = 0, done }: Run): AsyncGenerator<Row> {
  for (const file of files) {
    const { path, partition, generation } = file
    let line = 0
    const leaveOut = (at: number, what: string) => {
      done.unread++
      name(done, { path, line: at, what })
    }
    try {
      for await (const { lines } of readLines(file, read)) {
        for (const bytes of lines) {
          line++
          const found = readLine(bytes)
          if ('fault' in found) {
            leaveOut(line, found.what)
            continue
          }
          const { offset, eventId, ...log } = found.row
          if (log.topic !== topic || log.partition !== partition || log.generation !== generation)
            leaveOut(line, `a row of partition ${log.partition}, generation ${log.generation} of ${log.topic}`)
          else if (offset >= from) yield { path, line, offset, eventId, value: recordOf(bytes) }
        }
      }
    } catch (error) {
      if (!(error instanceof DamagedFile)) throw error
      leaveOut(line + 1, `${error.message}; nothing is known of what lies behind`)
    }
  }
}

function name({ problems }: Run['done'], problem: ReloadProblem): void {
  if (problems.length < maxProblems) problems.push(problem)
}
