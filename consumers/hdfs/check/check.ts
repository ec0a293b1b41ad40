import type { wait } from '../../backoff.ts'
import { hourLengthMs } from '../path.ts'
import { type FoundFile, readLastRow } from '../recovery.ts'
import { type LandingStore, StoreError } from '../store.ts'
import { keysOf, ofKey, readTable, type TableContent } from '../table.ts'
import { type Hash, loadHash } from '../window.ts'
import { type Chain, type ChainReport, createChain } from './chain.ts'
import { readLine } from './line.ts'
import { DamagedFile, readLines } from './lines.ts'
import { patientRead } from './patient-read.ts'
import { createProblems, type Problem, type Problems } from './problem.ts'

/** Partitions read side by side; of each, one file at a time. */
const partitionsAtOnce = 4
/** Writers remove what is older. */
const stagedLifeMs = hourLengthMs

export interface CheckOptions {
  store: LandingStore
  topic: string
  /** Told after each file. */
  onProgress?: (progress: { files: number; ofFiles: number; bytes: number }) => void
  /** @default Date.now */
  now?: () => number
  /** Between tries of a read. @default wait */
  wait?: typeof wait
}

export interface CheckReport {
  /** Kind and address of the table. */
  table: string
  /** By generation and partition. */
  chains: ChainReport[]
  problems: Problem[]
  /** Whether any of them is damage. */
  damaged: boolean
}

/**
 * Reads a whole table and says what in it is not as the writer makes it: names, the chain of numbers and offsets, lengths,
 * every line, what is left over. Memory is bounded by the number of files, not by their size; writers may go on meanwhile.
 * Rejects with a {@link StoreError} when the storage is away, or holds nothing at that path: that says nothing of a table.
 */
export async function checkTable(options: CheckOptions): Promise<CheckReport> {
  const { store, now = Date.now } = options
  const content = await readTable(store)
  const problems = createProblems(content.files)
  if (content.days.length + content.strangers.length === 0)
    throw new StoreError('not_found', `there is nothing at ${store.description}`)
  addStrangers(content, problems)
  const keys = keysOf([...content.files, ...content.gaps])
  const read = patientRead(store, options.wait)
  const hash = await loadHash()
  const progress = { files: 0, ofFiles: content.files.length, bytes: 0 }
  const chains: ChainReport[] = []
  const work = keys.entries()

  async function workOff(): Promise<void> {
    for (const [index, key] of work) {
      chains[index] = await checkChain({
        ...options,
        ...key,
        read,
        hash,
        problems,
        files: ofKey(content.files, key),
        gaps: ofKey(content.gaps, key),
        onFile(file) {
          progress.files++
          progress.bytes += file.length
          options.onProgress?.({ ...progress })
        },
      })
    }
  }

  await Promise.all(Array.from({ length: partitionsAtOnce }, workOff))
  await addStaged(store, now() - stagedLifeMs, problems)
  const list = problems.list()
  return { table: store.description, chains, problems: list, damaged: list.some(problem => problem.damage) }
}

interface ChainWork {
  topic: string
  partition: number
  generation: number
  store: LandingStore
  read: LandingStore['read']
  hash: Hash
  problems: Problems
  files: readonly FoundFile[]
  gaps: TableContent['gaps']
  onFile(file: FoundFile): void
}

async function checkChain(work: ChainWork): Promise<ChainReport> {
  const chain = createChain(work)
  for (const file of work.files) {
    chain.begin(file)
    await checkFile(file, chain, work)
    work.onFile(file)
  }
  return chain.report()
}

async function checkFile(file: FoundFile, chain: Chain, work: ChainWork): Promise<void> {
  const { read, problems } = work
  let line = 0
  let whole = false
  try {
    for await (const { lines, ended } of readLines(file, read)) {
      for (const bytes of lines) {
        line++
        const found = readLine(bytes)
        if ('row' in found) chain.row(found.row, line)
        else {
          chain.unread()
          problems.add({ kind: found.fault, path: file.path, line, file, what: found.what })
        }
      }
      if (!ended)
        problems.add({ kind: 'no_newline', path: file.path, line, file, what: 'the last line ends without a newline' })
    }
    whole = true
    const last = chain.end(true)
    if (last !== undefined) await checkLastLine(file, last, work)
  } catch (error) {
    if (!whole) chain.end(false)
    if (!(error instanceof DamagedFile)) throw error
    const after = line > 0 ? `, after line ${line}` : ''
    problems.add({ kind: error.kind, path: file.path, file, what: `${error.message}${after}` })
  }
}

async function checkLastLine(file: FoundFile, last: number, { store, read, problems }: ChainWork): Promise<void> {
  const row = await readLastRow({ ...store, read }, file)
  if (row?.offset === last) return
  const found = row ? `finds offset ${row.offset}, not ${last}` : 'finds no last row'
  problems.add({ kind: 'last_line', path: file.path, file, what: `a short read from its end ${found}` })
}

function addStrangers({ strangers }: TableContent, problems: Problems): void {
  for (const { path, directory, hidden } of strangers) {
    const kind = hidden ? 'hidden_file' : directory ? 'unknown_folder' : 'unknown_file'
    const what = `a ${directory ? 'folder' : 'file'} that no writer of Clicktrail makes`
    problems.add({ kind, path, what })
  }
}

async function addStaged(store: LandingStore, beforeMs: number, problems: Problems): Promise<void> {
  for (const { path, length, writtenMs } of await store.listStaged()) {
    if (writtenMs >= beforeMs) continue
    const what = `${length} bytes staged at ${new Date(writtenMs).toISOString()} and never landed`
    problems.add({ kind: 'staged_leftover', path, what })
  }
}
