import { type DuckDBConnection, DuckDBMapValue, DuckDBTimestampValue, type DuckDBValue } from '@duckdb/node-api'
import type { ImportStatus, LatestEvent, Overview, Range, Tally } from './api.ts'
import { spanOf } from './buckets.ts'

const latestEvents = 25

async function rowsOf(
  connection: DuckDBConnection,
  sql: string,
  since?: number,
): Promise<Record<string, DuckDBValue>[]> {
  const values = since === undefined ? {} : { since: new DuckDBTimestampValue(BigInt(since) * 1000n) }
  return (await connection.runAndReadAll(sql, values)).getRowObjects()
}

function tally(expression: string, condition: string, limit: number): string {
  return `SELECT ${expression} AS name, count(*) AS count FROM events
    WHERE "@timestamp" >= $since AND ${condition} GROUP BY name ORDER BY count DESC, name LIMIT ${limit}`
}

const bounds = `SELECT epoch_ms(min("@timestamp")) AS oldest, epoch_ms(max("@timestamp")) AS newest FROM events`
const totals = `SELECT count(*) AS events, count(DISTINCT "user".id) AS visitors, count(DISTINCT tab.id) AS tabs,
    count(*) FILTER (properties['color'] IS NOT NULL) AS clicks FROM events WHERE "@timestamp" >= $since`
const colors = tally("properties['color']", "properties['color'] IS NOT NULL", 12)
const pages = tally("coalesce(url.path, '(no page)')", "event.action = 'page_view'", 10)
const browsers = tally("coalesce(user_agent.name, 'unknown')", 'true', 8)
const latest = `SELECT event.id AS id, epoch_ms("@timestamp") AS time, event.action AS action, site,
    coalesce("user".name, "user".id) AS user, url.path AS path, user_agent.name AS browser, user_agent.os.name AS os, properties
    FROM events ORDER BY "@timestamp" DESC LIMIT ${latestEvents}`

/** What the page shows, from one moment of the table `events`. Pages count `page_view` events, colors the property `color`. */
export async function readOverview(
  connection: DuckDBConnection,
  { range, nowMs, imported }: { range: Range; nowMs: number; imported: ImportStatus },
): Promise<Overview> {
  const [bound] = await rowsOf(connection, bounds)
  const newestMs = bound?.['newest'] == null ? null : Number(bound['newest'])
  const { fromMs, bucketMs, buckets } = spanOf(range, nowMs, Number(bound?.['oldest'] ?? nowMs), newestMs ?? nowMs)
  const [total] = await rowsOf(connection, totals, fromMs)
  return {
    nowMs,
    range,
    imported,
    newestMs,
    totals: {
      events: Number(total?.['events'] ?? 0),
      visitors: Number(total?.['visitors'] ?? 0),
      tabs: Number(total?.['tabs'] ?? 0),
      clicks: Number(total?.['clicks'] ?? 0),
    },
    buckets: { fromMs, bucketMs, counts: await countsOf(connection, fromMs, bucketMs, buckets) },
    colors: await talliesOf(connection, colors, fromMs),
    pages: await talliesOf(connection, pages, fromMs),
    browsers: await talliesOf(connection, browsers, fromMs),
    latest: (await rowsOf(connection, latest)).map(latestEvent),
  }
}

async function countsOf(
  connection: DuckDBConnection,
  fromMs: number,
  bucketMs: number,
  buckets: number,
): Promise<number[]> {
  const sql = `SELECT (epoch_ms("@timestamp") - ${fromMs}) // ${bucketMs} AS bucket, count(*) AS count FROM events
    WHERE "@timestamp" >= $since GROUP BY bucket`
  const counts = new Array<number>(buckets).fill(0)
  for (const row of await rowsOf(connection, sql, fromMs)) {
    // An event from after now (the clock went back) belongs to the last bucket.
    const bucket = Math.min(Number(row['bucket']), buckets - 1)
    counts[bucket] = (counts[bucket] ?? 0) + Number(row['count'])
  }
  return counts
}

async function talliesOf(connection: DuckDBConnection, sql: string, fromMs: number): Promise<Tally[]> {
  const rows = await rowsOf(connection, sql, fromMs)
  return rows.map(row => ({ name: String(row['name']), count: Number(row['count']) }))
}

function latestEvent(row: Record<string, DuckDBValue>): LatestEvent {
  const entries = row['properties'] instanceof DuckDBMapValue ? row['properties'].entries : []
  return {
    id: String(row['id']),
    timeMs: Number(row['time']),
    action: String(row['action']),
    site: String(row['site']),
    user: textOf(row['user']),
    path: textOf(row['path']),
    browser: textOf(row['browser']),
    os: textOf(row['os']),
    properties: Object.fromEntries(entries.map(({ key, value }) => [String(key), String(value)])),
  }
}

function textOf(value: DuckDBValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value)
}
