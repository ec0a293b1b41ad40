import { DuckDBInstance } from '@duckdb/node-api'
import { inTransaction } from '../dashboard/in-transaction.ts'
import { type LandedFile, listLandedFiles } from '../dashboard/landed-folder.ts'
import { linesOf } from '../dashboard/landed-lines.ts'
import { landedIn, prepareTables } from './files-sql.ts'
import type { ReadLanded } from './landed.ts'
import { lookBackMs, minuteMs, type Span } from './span.ts'

const hourMs = 60 * minuteMs
/** Small files of a day share statements and transactions: there may be 17,000 of them. */
const filesATransaction = 64

/**
 * Reads spans from the landed files below `eventsDir` (`dt=…/hr=…/*.json[.gz]`). Files lie in the hour in which the topic took
 * them: those from an hour before the span on are read, and of those before, newest first, as many as its tabs need to
 * know where they went on, 25 hours at most. Of events before the span only the highest number of each tab is kept, so that
 * memory holds the span alone, up to 1 GB of it. An event that is there several times counts once. A file that can't be
 * read is left out as a whole and named; a folder that is missing is an empty one.
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
      for (const { files, inSpan } of groupsOf(await listLandedFiles(eventsDir), span)) {
        if (!inSpan && !(await tables.needEarlier())) break
        const insert = async (lines: string) => {
          await tables.insertEarlier(lines)
          if (inSpan) await tables.insertSeen(lines)
        }
        const load = (some: readonly LandedFile[], careful: boolean) =>
          inTransaction(connection, async () => {
            const paths = some.map(({ path }) => path)
            for await (const lines of linesOf(paths, careful)) await insert(lines)
          })
        // Where one of them is the cause, each shows alone whether it is.
        const failed = await load(files, false).then(
          () => [],
          () => files,
        )
        for (const file of failed)
          await load([file], true).catch(error => unread.push(`${file.name}: ${reasonOf(error)}`))
      }
      return { ...(await landedIn(connection, span)), unread }
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  }
}

/** Neighbours of one hour, newest hour first. `inSpan`: they may hold something of the span. */
function groupsOf(listed: readonly LandedFile[], { fromMs }: Span): { files: LandedFile[]; inSpan: boolean }[] {
  // An hour more, since the topic's clock is not the collector's.
  const hourBefore = (timeMs: number) => new Date(timeMs - hourMs).toISOString().slice(0, 13)
  const [oldest, first] = [hourBefore(fromMs - lookBackMs), hourBefore(fromMs)]
  const groups: { files: LandedFile[]; hour: string; inSpan: boolean }[] = []
  for (const file of listed) {
    const hour = `${file.dt}T${file.hr}`
    if (hour < oldest) continue
    const last = groups.at(-1)
    if (last?.hour === hour && last.files.length < filesATransaction) last.files.push(file)
    else groups.push({ files: [file], hour, inSpan: hour >= first })
  }
  return groups
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 200) ?? ''
}
