import { DuckDBInstance } from '@duckdb/node-api'
import { type LandedFile, listLandedFiles } from '../dashboard/landed-folder.ts'
import { lineBatches, readableLines } from '../dashboard/line-batches.ts'
import { landedIn, prepareTables } from './files-sql.ts'
import type { ReadLanded } from './landed.ts'
import { lookBackMs, minuteMs, type Span } from './span.ts'

const hourMs = 60 * minuteMs
/** Small files of a day share statements and transactions: there may be 17,000 of them. */
const filesATransaction = 64
const insertChars = 2 * 1024 * 1024

/** Takes whole lines of landed files, a transaction at a time. */
interface Loader {
  /** Rejects with what is wrong, and has then taken nothing of it. */
  load(files: readonly LandedFile[], careful: boolean): Promise<void>
}

/**
 * Reads spans from the landed files below `eventsDir` (`dt=…/hr=…/*.json[.gz]`): those of the hours from 26 before the span
 * on, since files lie in the hour in which the topic took them. Of events before the span only the highest number of each
 * tab is kept, so that memory holds the span alone, up to 1 GB of it. An event that is there several times counts once. A
 * file that can't be read is left out as a whole and named; a folder that is missing is an empty one.
 */
export function readFiles(eventsDir: string): ReadLanded {
  return async span => {
    const instance = await DuckDBInstance.create(':memory:', {
      enable_external_access: 'false',
      memory_limit: '1GB',
      threads: '2',
    })
    const connection = await instance.connect()
    try {
      const tables = await prepareTables(connection, span)
      const unread: string[] = []
      for (const { files, inSpan } of filesOf(await listLandedFiles(eventsDir), span)) {
        const insert = async (lines: string) => {
          await tables.insertEarlier(lines)
          if (inSpan) await tables.insertSeen(lines)
        }
        const load: Loader['load'] = (some, careful) => tables.atOnce(() => insertAll(some, careful, insert))
        unread.push(...(await loadAll(files, { load })))
      }
      return { ...(await landedIn(connection, span)), unread }
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  }
}

/** The files that may hold something of the span, and those that can only be older. */
function filesOf(listed: readonly LandedFile[], { fromMs }: Span): { files: LandedFile[]; inSpan: boolean }[] {
  // An hour more, since the topic's clock is not the collector's.
  const hourOf = (timeMs: number) => new Date(timeMs - hourMs).toISOString().slice(0, 13)
  const [oldest, first] = [hourOf(fromMs - lookBackMs), hourOf(fromMs)]
  const inHours = (within: (hour: string) => boolean) => listed.filter(({ dt, hr }) => within(`${dt}T${hr}`))
  return [
    { files: inHours(hour => hour >= first), inSpan: true },
    { files: inHours(hour => hour >= oldest && hour < first), inSpan: false },
  ]
}

/** Returns the files that could not be read, each with the reason. */
async function loadAll(files: readonly LandedFile[], { load }: Loader): Promise<string[]> {
  const unread: string[] = []
  for (let at = 0; at < files.length; at += filesATransaction) {
    const group = files.slice(at, at + filesATransaction)
    try {
      await load(group, false)
    } catch {
      // One of them is the cause: alone, each shows whether it is.
      for (const file of group) await load([file], true).catch(error => unread.push(`${file.name}: ${reasonOf(error)}`))
    }
  }
  return unread
}

async function insertAll(
  files: readonly LandedFile[],
  careful: boolean,
  insert: (lines: string) => Promise<void>,
): Promise<void> {
  let text: string[] = []
  let chars = 0
  const flush = async () => {
    if (text.length > 0) await insert(text.join('\n'))
    text = []
    chars = 0
  }
  for (const { path } of files) {
    let line = 1
    for await (const batch of lineBatches(path)) {
      text.push(careful ? readableLines(batch, line) : batch)
      if (careful) line += batch.split('\n').length
      chars += batch.length
      if (chars >= insertChars) await flush()
    }
  }
  await flush()
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 200) ?? ''
}
