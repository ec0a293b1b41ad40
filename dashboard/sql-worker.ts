import { setPriority } from 'node:os'
import { type PanelName, type Selection, type WorkerQuestion, workerRequest } from './api.ts'
import { openDatabase } from './database.ts'
import { createImporter } from './importer.ts'
import { interruptible } from './interruptible.ts'
import { readPanel } from './panels/read-panel.ts'
import { runSql } from './sql-box.ts'
import { readStatus } from './status.ts'

/**
 * The process that owns the dashboard's DuckDB: `fork(sqlWorker, [eventsDir])`. It is a process and not a thread so
 * that a query can neither take the collector's memory and thread pool nor, if DuckDB falls, the collector itself.
 */
const eventsDir = process.argv[2]
if (eventsDir === undefined || process.send === undefined)
  throw new Error('sql-worker is started by the dashboard only')

function end(): void {
  process.kill(process.pid, 'SIGKILL')
}

/** Says it to the dashboard, if that still runs. */
function send(message: object): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {})
}

// Whoever waits for clicks goes first.
setPriority(10)
// Ctrl-C reaches the whole process group; the parent decides when this process ends.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('disconnect', end)
// It may have died while this process was starting.
if (!process.connected) end()

const database = await openDatabase()
const importer = await createImporter(database, eventsDir)
const reading = await database.connect()

/** Of the questions that are not answered yet. */
const unwanted = new Map<number, AbortController>()

function resultOf(question: WorkerQuestion, signal: AbortSignal): Promise<object> {
  if (question.kind === 'sql') return runSql(database, question.sql, { signal })
  if (question.kind === 'status') return readStatus(reading, { nowMs: Date.now(), imported: importer.status() })
  return panelOf(question.panel, question.selection, signal)
}

/** On a connection of its own: an interrupt is for one panel alone, and a transaction lets all its queries see the same rows. */
async function panelOf(panel: PanelName, selection: Selection, signal: AbortSignal): Promise<object> {
  const connection = await database.connect()
  try {
    await connection.run('BEGIN TRANSACTION')
    const read = () => readPanel(connection, panel, { selection, nowMs: Date.now() })
    return await interruptible(connection, signal, read)
  } finally {
    connection.closeSync()
  }
}

async function answer(message: unknown): Promise<void> {
  const request = workerRequest.parse(message)
  if ('cancelled' in request) {
    unwanted.get(request.cancelled)?.abort()
    return
  }
  const { id, question } = request
  const controller = new AbortController()
  unwanted.set(id, controller)
  try {
    send({ id, result: await resultOf(question, controller.signal) })
  } catch (error) {
    send({ id, failure: error instanceof Error ? error.message : String(error) })
  }
  unwanted.delete(id)
  await reading.run('SELECT 1').catch(leave)
}

/** After a fault of its own DuckDB answers nothing more. The dashboard starts another worker, which reads the files again. */
function leave(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error)
  process.send?.({ problem: reason }, undefined, undefined, () => process.exit(1))
}

process.on('message', message => {
  void answer(message)
})
send({ ready: true })
await importer.run({
  intervalMs: 1_000,
  onError: error => send({ problem: error instanceof Error ? error.message : String(error) }),
})
