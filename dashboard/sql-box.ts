import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import type { SqlAnswer } from './answers.ts'
import type { Database } from './database.ts'
import { interruptible } from './interruptible.ts'
import { refusalOf } from './statement-check.ts'

export interface SqlLimits {
  /** Aborted: the query is stopped. @default never */
  signal?: AbortSignal
  /** @default 5000 */
  timeoutMs?: number
  /** @default 1000 */
  maxRows?: number
  /** Characters of one cell that are shown. @default 2000 */
  maxCellChars?: number
  /** Characters of all cells together. @default 2000000 */
  maxChars?: number
}

const defaults = { timeoutMs: 5_000, maxRows: 1_000, maxCellChars: 2_000, maxChars: 2_000_000 } satisfies SqlLimits

/**
 * Runs one SELECT of a stranger on a connection of its own, in a transaction that can't write, and stops it after
 * `timeoutMs`. What is wrong with the query is part of the answer. Never rejects.
 */
export async function runSql(database: Database, sql: string, options: SqlLimits = {}): Promise<SqlAnswer> {
  const limits = { ...defaults, ...options }
  const deadline = AbortSignal.timeout(limits.timeoutMs)
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline
  const began = performance.now()
  const elapsedMs = () => Math.round(performance.now() - began)
  const connection = await database.connect()
  try {
    const refusal = await refusalOf(connection, sql)
    if (refusal !== undefined) return { ok: false, error: refusal, elapsedMs: elapsedMs() }
    await connection.run('BEGIN TRANSACTION READ ONLY')
    const result = await interruptible(connection, signal, () => readRows(connection, sql, limits))
    return { ok: true, ...result, elapsedMs: elapsedMs() }
  } catch (error) {
    const tooSlow = `Stopped: a query may run for ${limits.timeoutMs / 1000} seconds. A WHERE dt = … or a LIMIT makes it quicker.`
    const message = error instanceof Error ? error.message : String(error)
    return { ok: false, error: deadline.aborted ? tooSlow : message, elapsedMs: elapsedMs() }
  } finally {
    connection.closeSync()
  }
}

/** Streams, so that a result of any size costs no more than what is shown. */
async function readRows(connection: DuckDBConnection, sql: string, limits: Required<Omit<SqlLimits, 'signal'>>) {
  const result = await connection.stream(sql)
  const names = result.columnNames()
  const columns = result.columnTypes().map((type, index) => ({ name: names[index] ?? '', type: String(type) }))
  const rows: (string | null)[][] = []
  let chars = 0
  let truncated = false
  for await (const chunk of result.yieldRows()) {
    for (const values of chunk) {
      if (rows.length === limits.maxRows || chars > limits.maxChars) return { columns, rows, truncated: true }
      const row = values.map(cellText)
      rows.push(row.map(text => text?.slice(0, limits.maxCellChars) ?? null))
      truncated ||= row.some(text => (text?.length ?? 0) > limits.maxCellChars)
      chars += row.reduce((sum, text) => sum + Math.min(text?.length ?? 0, limits.maxCellChars), 0)
    }
  }
  return { columns, rows, truncated }
}

function cellText(value: DuckDBValue): string | null {
  return value === null ? null : String(value)
}
