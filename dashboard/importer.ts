import { setTimeout as sleep } from 'node:timers/promises'
import type { FailedFile, ImportStatus } from './answers.ts'
import { type Database, insertLines } from './database.ts'
import { inTransaction } from './in-transaction.ts'
import { type LandedFile, listLandedFiles } from './landed-folder.ts'
import { linesOf } from './landed-lines.ts'

/** Small files of one hour share a transaction: 17,000 of them a day would otherwise cost a minute. */
const filesATransaction = 64
const compactEvents = 100_000
const shownFailures = 20

/** How long a file that failed is left alone: 5 s, doubled with each attempt up to 10 minutes. */
export function importRetryMs(attempts: number): number {
  return Math.min(5_000 * 2 ** (attempts - 1), 600_000)
}

/** Neighbours in the list that lie in one folder, at most 64 together. */
export function importGroups(files: readonly LandedFile[]): LandedFile[][] {
  const groups: LandedFile[][] = []
  for (const file of files) {
    const last = groups.at(-1)
    const first = last?.[0]
    const fits = last && first && last.length < filesATransaction && first.dt === file.dt && first.hr === file.hr
    if (fits) last.push(file)
    else groups.push([file])
  }
  return groups
}

export interface Importer {
  /** Imports every file that is new, newest hour first. Each file counts once, as a whole or not at all; when one was taken away, all are read again. Never rejects for a file's sake. */
  scan(nowMs: number): Promise<void>
  /** Scans for ever, at least `intervalMs` apart and listing for at most a twentieth of the time; `onError` gets what went wrong with the folder. */
  run(options: { intervalMs: number; onError(error: unknown): void }): Promise<never>
  status(): ImportStatus
}

/** Carries landed files into the table `events`. What fails is listed in `status()` and tried again later ({@link importRetryMs}). */
export async function createImporter(database: Database, eventsDir: string): Promise<Importer> {
  const connection = await database.connect()
  const insert = await connection.prepare(insertLines)
  const imported = new Set<string>()
  const failed = new Map<string, FailedFile>()
  let events = 0
  let pendingFiles = 0
  let sinceCompact = 0
  let listingMs = 0
  let ready = false

  async function insertFiles(files: readonly LandedFile[], careful: boolean): Promise<number> {
    let rows = 0
    const [folder] = files
    if (folder === undefined) return rows
    const { dt, hr } = folder
    const paths = files.map(({ path }) => path)
    for await (const lines of linesOf(paths, careful)) {
      insert.bind({ lines, dt, hr })
      rows += (await insert.run()).rowsChanged
    }
    return rows
  }

  async function importTogether(files: readonly LandedFile[], careful: boolean): Promise<void> {
    const rows = await inTransaction(connection, () => insertFiles(files, careful))
    for (const { name } of files) {
      imported.add(name)
      failed.delete(name)
    }
    events += rows
    sinceCompact += rows
    pendingFiles -= files.length
  }

  async function importAlone(file: LandedFile, nowMs: number): Promise<void> {
    try {
      await importTogether([file], false).catch(() => importTogether([file], true))
    } catch (error) {
      const attempts = (failed.get(file.name)?.attempts ?? 0) + 1
      const reason = (error instanceof Error ? error.message : String(error)).slice(0, 300)
      failed.set(file.name, { file: file.name, reason, attempts, retryAtMs: nowMs + importRetryMs(attempts) })
      pendingFiles -= 1
    }
  }

  async function scan(nowMs: number): Promise<void> {
    const began = performance.now()
    const listed = await listLandedFiles(eventsDir)
    listingMs = performance.now() - began
    const present = new Set(listed.map(({ name }) => name))
    for (const name of failed.keys()) if (!present.has(name)) failed.delete(name)
    for (const name of imported) {
      if (present.has(name)) continue
      await startAfresh()
      break
    }
    const wanted = listed.filter(({ name }) => !imported.has(name) && (failed.get(name)?.retryAtMs ?? 0) <= nowMs)
    pendingFiles = wanted.length
    for (const group of importGroups(wanted)) {
      try {
        await importTogether(group, false)
      } catch {
        // One of them is the cause: alone, each shows whether it is.
        for (const file of group) await importAlone(file, nowMs)
      }
      if (sinceCompact >= compactEvents) await compact()
    }
    ready = true
  }

  /** A file that was taken away may come back in other pieces: the rows know their offsets, not their files. */
  async function startAfresh(): Promise<void> {
    await connection.run('DELETE FROM events')
    imported.clear()
    events = 0
  }

  async function compact(): Promise<void> {
    try {
      await database.compact()
      sinceCompact = 0
    } catch {
      // A query is reading just now: the rows stay as they are until the next time.
    }
  }

  return {
    scan,
    async run({ intervalMs, onError }) {
      for (;;) {
        await scan(Date.now()).catch(onError)
        await sleep(Math.max(intervalMs, 20 * listingMs))
      }
    },
    status: () => ({
      files: imported.size,
      events,
      pendingFiles,
      failedFiles: failed.size,
      failed: [...failed.values()].slice(0, shownFailures),
      ready,
    }),
  }
}
