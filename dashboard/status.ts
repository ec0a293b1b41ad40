import type { DuckDBConnection } from '@duckdb/node-api'
import type { ImportStatus, StatusAnswer } from './answers.ts'

/** What the head of the page tells, whichever room is open: at most 100 sites, by name. */
export async function readStatus(
  connection: DuckDBConnection,
  { nowMs, imported }: { nowMs: number; imported: ImportStatus },
): Promise<StatusAnswer> {
  const newest = await connection.runAndReadAll('SELECT epoch_ms(max("@timestamp")) FROM events')
  const sites = await connection.runAndReadAll(
    'SELECT DISTINCT site FROM events WHERE site IS NOT NULL ORDER BY site LIMIT 100',
  )
  const newestMs = newest.getRows()[0]?.[0]
  return {
    nowMs,
    imported,
    newestMs: newestMs == null ? null : Number(newestMs),
    sites: sites.getRows().map(([site]) => String(site)),
  }
}
