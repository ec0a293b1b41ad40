import { lateAfterS } from '../deploy/hive/loss.ts'
import { duckDbDialect, viewsOf } from '../deploy/hive/views.ts'

// Nearly every tab's numbers are 1, 2, 3 … to its last, each there once: an even tab, of which nothing is missing. Sorting the numbers
// of all tabs is what a loss costs; only those of the others, the uneven ones, need it. Strings of 64 bits tell tabs apart.
const tab = 'hash(site, tab.id)'
const hourMs = 3_600_000

/** SQL: the tabs of the rows `where` of `events` that are not even, to be kept as `uneven`. Their numbers are looked at as bits, 64 at a time. */
export function unevenTabs(where: string): string {
  return `SELECT who FROM (
      SELECT ${tab} AS who, count(*) AS came, max(event.sequence) AS last,
        coalesce(bit_count(bit_or(
          CASE WHEN event.sequence >= 1 THEN 1::UBIGINT << (event.sequence % 64)::UBIGINT END
        )), 0) AS different
      FROM events WHERE ${where} GROUP BY who, event.sequence // 64
    )
    GROUP BY who HAVING (sum(came) = max(last) AND bool_and(came = different)) IS NOT TRUE`
}

/** SQL: what a loss goes by, of the rows `where` of the tabs in `uneven`, to be kept as `uneven_rows`. */
export function unevenRows(where: string): string {
  return `SELECT site, tab_id, tab_sequence, happened_dt, happened_hr, delay_s, kafka_skipped, path
    FROM (${eventRows(`${where} AND ${inUneven}`)})`
}

const inUneven = `${tab} IN (SELECT who FROM uneven)`

/** SQL: the view `event_rows` of the rows `where` of `events`. DuckDB would make its columns of all rows before it chose among them. */
export function eventRows(where: string): string {
  const chosen = `(SELECT * FROM events WHERE ${where})`
  const view = viewsOf(duckDbDialect, name => (name === 'events' ? chosen : name)).find(
    ({ name }) => name === 'event_rows',
  )
  if (view === undefined) throw new Error('there is no view event_rows')
  return view.query
}

/** SQL: rows as of the view `loss` for the tabs that are not in `uneven`, each of whose events is expected, has arrived, and is there once. */
export function evenTabsLoss(where: string): string {
  const seconds = (time: string) => `(${duckDbDialect.seconds(time)})`
  const began = `make_timestamp(hour * ${hourMs * 1_000})`
  return `SELECT ${duckDbDialect.day(began)} AS dt, ${duckDbDialect.hour(began)} AS hr, site,
      arrived AS expected, arrived, 0 AS missing, late, passed_over, 0 AS given_up, 0 AS refused
    FROM (
      SELECT epoch_ms("@timestamp") // ${hourMs} AS hour, site, count(*) AS arrived, coalesce(sum(kafka.skipped), 0) AS passed_over,
        count(*) FILTER (${seconds('event.created')} - ${seconds('"@timestamp"')} > ${lateAfterS}) AS late
      FROM events WHERE ${where} AND NOT (${inUneven}) GROUP BY hour, site
    )`
}
