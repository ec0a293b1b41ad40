import { setPriority } from 'node:os'
import { type WorkerQuestion, workerRequest } from './api.ts'
import { openDatabase } from './database.ts'
import { createImporter } from './importer.ts'
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

function resultOf(question: WorkerQuestion): Promise<object> {
  const nowMs = Date.now()
  if (question.kind === 'sql') return runSql(database, question.sql)
  if (question.kind === 'status') return readStatus(reading, { nowMs, imported: importer.status() })
  return readPanel(reading, question.panel, { selection: question.selection, nowMs })
}

async function answer(message: unknown): Promise<void> {
  const { id, question } = workerRequest.parse(message)
  try {
    send({ id, result: await resultOf(question) })
  } catch (error) {
    send({ id, failure: error instanceof Error ? error.message : String(error) })
  }
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
