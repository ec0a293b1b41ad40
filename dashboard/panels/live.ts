import { DuckDBMapValue } from '@duckdb/node-api'
import type { LiveAnswer, LiveEvent } from '../answers.ts'
import { type Row, type Selected, textOf } from './rows.ts'

/** An expression, as DuckDB 1.5 breaks down when it is to sort by a TIMESTAMP inside a STRUCT (`NumericValueUnionToValue`). */
const received = 'epoch_ms(event.created)'

/** The 50 events of the selection that were received last. */
export async function readLive({ rows, where }: Selected): Promise<LiveAnswer> {
  const found = await rows(`SELECT event.id AS id, epoch_ms("@timestamp") AS time, ${received} AS received,
      event.action AS action, site, coalesce("user".name, "user".id) AS user, url.path AS path,
      user_agent.name AS browser, user_agent.os.name AS os, properties
    FROM events WHERE ${where} ORDER BY ${received} DESC, "@timestamp" DESC LIMIT 50`)
  return { events: found.map(liveEvent) }
}

function liveEvent(row: Row): LiveEvent {
  const entries = row['properties'] instanceof DuckDBMapValue ? row['properties'].entries : []
  return {
    id: String(row['id']),
    timeMs: Number(row['time']),
    receivedMs: Number(row['received'] ?? row['time']),
    action: String(row['action']),
    site: String(row['site']),
    user: textOf(row['user']),
    path: textOf(row['path']),
    browser: textOf(row['browser']),
    os: textOf(row['os']),
    properties: Object.fromEntries(entries.map(({ key, value }) => [String(key), String(value)])),
  }
}
