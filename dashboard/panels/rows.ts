import { type DuckDBConnection, DuckDBTimestampValue, type DuckDBValue } from '@duckdb/node-api'
import type { Tally } from '../answers.ts'
import type { Selection } from '../api.ts'
import { beginOf, type Span, spanOf } from '../buckets.ts'

export type Row = Record<string, DuckDBValue>

/** The events of a selection, ready to be asked about. */
export interface Selected {
  span: Span
  /** Rows of `sql`, which may hold {@link where}, or its parameters alone; `names` are further ones. */
  rows(sql: string, names?: Record<string, string>): Promise<Row[]>
  /** Names and counts of the rows that have `expression`, most first. Also read: `condition`. */
  tally(expression: string, options: TallyOptions): Promise<Tally[]>
  /** SQL: whether a row of `events` is selected. */
  where: string
}

export interface TallyOptions {
  limit: number
  condition?: string
  names?: Record<string, string>
}

/** `bound` are the times of the oldest and the newest event, which the range `all` goes by. */
export async function select(connection: DuckDBConnection, selection: Selection, nowMs: number): Promise<Selected> {
  const [bound] = (
    await connection.runAndReadAll(
      'SELECT epoch_ms(min("@timestamp")) AS oldest, epoch_ms(max("@timestamp")) AS newest FROM events',
    )
  ).getRowObjects()
  const oldestMs = Number(bound?.['oldest'] ?? nowMs)
  const span = spanOf(selection, { nowMs, oldestMs, newestMs: Number(bound?.['newest'] ?? nowMs) })
  const { site, bots } = selection
  const conditions = ['"@timestamp" >= $since']
  const values: Record<string, DuckDBValue> = { since: timestamp(beginOf(selection, span)) }
  if (span.untilMs !== undefined) {
    conditions.push('"@timestamp" < $until')
    values['until'] = timestamp(span.untilMs)
  }
  if (site !== undefined) {
    conditions.push('site = $site')
    values['site'] = site
  }
  if (bots === 'no') conditions.push('user_agent.bot IS NOT TRUE')
  const where = conditions.join(' AND ')

  const rows: Selected['rows'] = async (sql, names = {}) =>
    (await connection.runAndReadAll(sql, parametersOf(sql, { ...values, ...names }))).getRowObjects()
  return {
    span,
    where,
    rows,
    async tally(expression, { limit, condition = 'true', names = {} }) {
      const sql = `SELECT ${expression} AS name, count(*) AS count FROM events
        WHERE ${where} AND ${condition} GROUP BY name HAVING name IS NOT NULL ORDER BY count DESC, name LIMIT ${limit}`
      return (await rows(sql, names)).map(tallyOf)
    },
  }
}

/** SQL: the number of a row's bucket; an event from after now (the clock went back) belongs to the last one. */
export function bucketOf({ fromMs, bucketMs, buckets }: Span, time = 'epoch_ms("@timestamp")'): string {
  return `least((${time} - ${fromMs}) // ${bucketMs}, ${buckets - 1})`
}

/** Spreads rows with a `bucket` and the column `name` over all buckets, zeros for those that have no row. */
export function countsOf(rows: readonly Row[], name: string, { buckets }: Span): number[] {
  const counts = new Array<number>(buckets).fill(0)
  for (const row of rows) counts[Number(row['bucket'])] = Number(row[name])
  return counts
}

function tallyOf(row: Row): Tally {
  return { name: String(row['name']), count: Number(row['count']) }
}

/** The value as DuckDB prints it; null for NULL and for a column that is not there. */
export function textOf(value: DuckDBValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value)
}

/** DuckDB refuses values for parameters that a query doesn't have. */
function parametersOf(sql: string, values: Record<string, DuckDBValue>): Record<string, DuckDBValue> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => new RegExp(`\\$${name}\\b`).test(sql)))
}

function timestamp(timeMs: number): DuckDBTimestampValue {
  return new DuckDBTimestampValue(BigInt(timeMs) * 1000n)
}
