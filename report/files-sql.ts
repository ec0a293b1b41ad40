import type { DuckDBConnection } from '@duckdb/node-api'
import { believedGivenUp } from '../deploy/hive/loss.ts'
import { duckDbDialect } from '../deploy/hive/views.ts'
import { type Landed, noPage, type Tally } from './landed.ts'
import { lookBackMs, minuteMs, type Span } from './span.ts'

/** What of a landed line is read. */
const shape = {
  '@timestamp': 'TIMESTAMP',
  event: { id: 'VARCHAR', action: 'VARCHAR', sequence: 'BIGINT' },
  site: 'VARCHAR',
  tab: { id: 'VARCHAR' },
  url: { path: 'VARCHAR' },
  properties: 'MAP(VARCHAR, VARCHAR)',
  kafka: { partition: 'INTEGER', offset: 'BIGINT', generation: 'INTEGER' },
} as const

export interface Tables {
  /** Takes the events of the span out of landed lines. */
  insertSeen(lines: string): Promise<void>
  /** Takes the highest number of each tab before the span out of them. */
  insertEarlier(lines: string): Promise<void>
  /** Whether a tab of the span may have an event before its first one there that has not been inserted. */
  needEarlier(): Promise<boolean>
}

/** Makes the tables that {@link landedIn} reads. Inserting rejects where a line is no JSON, or what it takes lacks a member that every event has; a line without a time is passed over. */
export async function prepareTables(connection: DuckDBConnection, { fromMs, toMs }: Span): Promise<Tables> {
  await connection.run(`CREATE TABLE rows_of_span (
    event_id VARCHAR NOT NULL, happened_ms BIGINT NOT NULL, site VARCHAR NOT NULL, action VARCHAR NOT NULL,
    tab_id VARCHAR NOT NULL, tab_sequence BIGINT NOT NULL, path VARCHAR, properties MAP(VARCHAR, VARCHAR),
    generation INTEGER NOT NULL, "partition" INTEGER NOT NULL, "offset" BIGINT NOT NULL)`)
  await connection.run('CREATE TABLE earlier (site VARCHAR NOT NULL, tab_id VARCHAR NOT NULL, highest BIGINT NOT NULL)')
  const lines = `(SELECT record.*, epoch_ms(record."@timestamp") AS happened_ms FROM
    (SELECT from_json(unnest(string_split($lines, chr(10))), '${JSON.stringify(shape)}') AS record))`
  const seen = await connection.prepare(`INSERT INTO rows_of_span
    SELECT event.id, happened_ms, site, event.action, tab.id, event.sequence, url.path, properties,
      coalesce(kafka.generation, 1), kafka.partition, kafka.offset
    FROM ${lines} WHERE happened_ms >= ${fromMs} AND happened_ms < ${toMs}`)
  const earlier = await connection.prepare(`INSERT INTO earlier
    SELECT site, tab.id, max(event.sequence) FROM ${lines}
    WHERE happened_ms >= ${fromMs - lookBackMs} AND happened_ms < ${fromMs} GROUP BY ALL`)
  return {
    async insertSeen(text) {
      seen.bind({ lines: text })
      await seen.run()
    },
    async insertEarlier(text) {
      earlier.bind({ lines: text })
      await earlier.run()
    },
    async needEarlier() {
      const open = await connection.runAndReadAll(`SELECT 1 FROM (${tabsOfSpan('rows_of_span')})
        WHERE earlier < lowest - 1 LIMIT 1`)
      return open.currentRowCount > 0
    },
  }
}

/** A row for each tab of `events`, with the highest number that it had before the span. */
function tabsOfSpan(events: string): string {
  return `SELECT site, events, lowest, tabs.highest, coalesce(earlier.highest, 0) AS earlier
    FROM (SELECT site, tab_id, count(*) AS events, min(tab_sequence) AS lowest, max(tab_sequence) AS highest
      FROM ${events} GROUP BY ALL) tabs
    LEFT JOIN (SELECT site, tab_id, max(highest) AS highest FROM earlier GROUP BY ALL) earlier USING (site, tab_id)`
}

/** What is in the tables, each event once: the first of its rows by generation, partition and offset, as in the view `events_distinct`. */
export async function landedIn(connection: DuckDBConnection, { fromMs }: Span): Promise<Omit<Landed, 'unread'>> {
  await connection.run(`CREATE TABLE seen AS SELECT * FROM rows_of_span
    QUALIFY row_number() OVER (PARTITION BY event_id ORDER BY generation, "partition", "offset") = 1`)
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjects()
  const tallies = async (name: string, condition: string): Promise<Tally[]> => {
    const counted =
      await rows(`SELECT (happened_ms - ${fromMs}) // ${minuteMs} AS minute, ${name} AS name, count(*) AS times
      FROM seen WHERE ${condition} GROUP BY ALL`)
    return counted.map(row => ({
      minute: Number(row['minute']),
      name: String(row['name']),
      count: Number(row['times']),
    }))
  }
  const tabs = await rows(tabsOfSpan('seen'))
  const told = "(SELECT * FROM seen WHERE action = 'events_dropped')"
  const givenUp =
    await rows(`SELECT site, sum(least(amount, ${believedGivenUp})) AS amount FROM ${duckDbDialect.eachNumber(told)}
    WHERE amount > 0 GROUP BY site`)
  return {
    events: await tallies('site', 'true'),
    colors: await tallies("properties['color']", "action = 'color_click' AND properties['color'] IS NOT NULL"),
    pages: await tallies(`coalesce(path, '${noPage}')`, "action = 'page_view'"),
    tabs: tabs.map(row => ({
      site: String(row['site']),
      events: Number(row['events']),
      first: Number(row['lowest']),
      last: Number(row['highest']),
      before: Number(row['earlier']),
    })),
    givenUp: givenUp.map(row => ({ site: String(row['site']), count: Number(row['amount']) })),
  }
}
