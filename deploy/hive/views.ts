import { completenessQuery } from './completeness.ts'
import { believedGivenUp, believedStep, lateAfterS, lossQuery } from './loss.ts'
import { idleSeconds, sessionsQuery } from './sessions.ts'

/** What the two engines that read landed files say differently. */
export interface Dialect {
  /** An identifier that would else be a keyword. */
  quote(name: string): string
  /** A time of the record (`2026-11-21T02:44:46.123Z`) as a TIMESTAMP in UTC, whatever the session's time zone is. */
  timestamp(field: string): string
  /** Its seconds since 1970, a BIGINT. */
  seconds(field: string): string
  /** Its UTC day and hour, as `dt` and `hr` are written. */
  day(field: string): string
  hour(field: string): string
  /** A subquery: `rows` (a FROM clause) once for each entry of its map `properties`: `reason`, its key, and `amount`, its value as a BIGINT, NULL for what is no number. */
  eachNumber(rows: string): string
}

/** The column is the record's text. `unix_timestamp` is not used: it reads in the session's time zone. */
export const hiveDialect: Dialect = {
  quote: name => `\`${name}\``,
  timestamp: field => `cast(translate(${field}, 'TZ', ' ') AS timestamp)`,
  seconds: field =>
    `cast(datediff(substr(${field}, 1, 10), '1970-01-01') AS bigint) * 86400 + cast(substr(${field}, 12, 2) AS int) * 3600 + cast(substr(${field}, 15, 2) AS int) * 60 + cast(substr(${field}, 18, 2) AS int)`,
  day: field => `substr(${field}, 1, 10)`,
  hour: field => `substr(${field}, 12, 2)`,
  eachNumber: rows =>
    `(SELECT r.*, reason, cast(text AS bigint) AS amount FROM ${rows} r LATERAL VIEW explode(properties) v AS reason, text)`,
}

/** The column is a TIMESTAMP already. */
export const duckDbDialect: Dialect = {
  quote: name => `"${name}"`,
  timestamp: field => field,
  seconds: field => `epoch_ms(${field}) // 1000`,
  day: field => `strftime(${field}, '%Y-%m-%d')`,
  hour: field => `strftime(${field}, '%H')`,
  eachNumber: rows =>
    `(SELECT r.*, unnest(map_keys(properties)) AS reason, try_cast(unnest(map_values(properties)) AS bigint) AS amount FROM ${rows} r)`,
}

export interface View {
  name: string
  /** One SELECT, without a semicolon. */
  query: string
  /** What a row of it is. */
  about: string
}

function rowColumns({ quote, timestamp, seconds, day, hour }: Dialect): [name: string, expression: string][] {
  const happened = quote('@timestamp')
  const received = 'event.created'
  return [
    ['event_id', 'event.id'],
    ['happened_at', timestamp(happened)],
    ['happened_s', seconds(happened)],
    ['happened_dt', day(happened)],
    ['happened_hr', hour(happened)],
    ['received_at', timestamp(received)],
    ['delay_s', `(${seconds(received)}) - (${seconds(happened)})`],
    ['site', 'site'],
    ['action', 'event.action'],
    ['tab_id', 'tab.id'],
    ['tab_sequence', `event.${quote('sequence')}`],
    ['session_id', 'session.id'],
    ['visitor', `${quote('user')}.id`],
    ['user_name', `${quote('user')}.name`],
    ['domain', 'url.domain'],
    ['path', 'url.path'],
    ['title', 'page.title'],
    ['referrer', 'http.request.referrer'],
    ['browser', 'user_agent.name'],
    ['os', 'user_agent.os.name'],
    ['device', 'user_agent.device.type'],
    ['bot', 'coalesce(user_agent.bot, false)'],
    ['properties', 'properties'],
    ['kafka_topic', 'kafka.topic'],
    ['kafka_generation', 'coalesce(kafka.generation, 1)'],
    ['kafka_partition', `kafka.${quote('partition')}`],
    ['kafka_offset', `kafka.${quote('offset')}`],
    ['kafka_skipped', 'coalesce(kafka.skipped, 0)'],
    ['dt', 'dt'],
    ['hr', 'hr'],
  ]
}

/**
 * The views over the landed table, each after those that it reads. Their columns are plain names that need no quoting
 * anywhere, so that a question is the same text in Hive and in DuckDB. `nameOf` says what a view (or `events`, the
 * table) is called.
 */
export function viewsOf(dialect: Dialect, nameOf: (view: string) => string): View[] {
  const columns = rowColumns(dialect)
  const names = columns.map(([name]) => name)
  const list = (some: readonly string[]) => some.map(name => `  ${name}`).join(',\n')
  const views: View[] = [
    {
      name: 'event_rows',
      about:
        'Every landed row, copies too, under plain names. dt and hr are those of the folder; WHERE dt = … reads that day alone.',
      query: `SELECT
${columns.map(([name, expression]) => `  ${expression} AS ${name}`).join(',\n')}
FROM ${nameOf('events')}`,
    },
    {
      name: 'events_distinct',
      about: 'Each event once: the first of its rows by generation, partition and offset. Reads the whole table.',
      query: `SELECT
${list(names)}
FROM (
  SELECT r.*, row_number() OVER (PARTITION BY event_id ORDER BY kafka_generation, kafka_partition, kafka_offset) AS nth
  FROM ${nameOf('event_rows')} r
) numbered
WHERE nth = 1`,
    },
    {
      name: 'page_views',
      about: 'A row for each page viewed, as landed: the copies that the writer did not recognise are in it.',
      query: `SELECT
${list(['event_id', 'happened_at', 'site', 'domain', 'path', 'title', 'referrer', 'visitor', 'session_id', 'browser', 'os', 'device', 'bot', 'dt', 'hr'])}
FROM ${nameOf('event_rows')}
WHERE action = 'page_view'`,
    },
    {
      name: 'clicks',
      about: 'A row for each action called click or something_click, as landed.',
      query: `SELECT
  event_id,
  happened_at,
  site,
  action,
  properties['color'] AS color,
${list(['visitor', 'user_name', 'path', 'browser', 'os', 'bot', 'dt', 'hr'])}
FROM ${nameOf('event_rows')}
WHERE substr(concat('_', action), -6) = '_click'`,
    },
    {
      name: 'sessions',
      about: `A row for each visit of people, bots left out: the browser's session id, or where it gives none, what a visitor does without a pause of ${idleSeconds / 60} minutes. bounce: one page viewed and nothing else. dt: the day it began. Reads the whole table.`,
      query: sessionsQuery(nameOf('events_distinct')),
    },
    {
      name: 'completeness',
      about:
        'A row for each partition and generation of the topic: is every offset here, once? Complete: missing and doubled are 0. skipped: copies, dead letters, and gaps (offsets that were gone before they could be read: a _gap file beside the data names them). The first row stands for nothing before it. Reads the whole table.',
      query: completenessQuery(nameOf('event_rows')),
    },
    {
      name: 'loss',
      about: `What became of the events of an hour (dt, hr: when they happened, UTC) and a site. expected: numbered by their tabs, up to each tab's last event that came; what a tab lost after that nobody can see. arrived: those that are here, each once. missing: those that are not, in the hour of their tab's next event that came; a number more than ${believedStep} above its tab's last one is not believed, and nothing before it is missing. late: those that arrived, but more than ${lateAfterS} seconds after they happened. passed_over: rows beyond an event's first, and offsets that the writer passed over before a row of this hour and site: the copies that it recognised, dead letters and gaps, which nothing here tells apart. given_up: what browsers say in events_dropped that they gave up, each number up to ${believedGivenUp}; those that had a number already are missing as well. refused: of given_up, what the collector refused (rejected, http_400 and the like). Tabs whose first days were dropped look as if those were missing. Reads the whole table.`,
      query: lossQuery(nameOf, dialect.eachNumber),
    },
  ]
  return views.map(view => ({ ...view, name: nameOf(view.name) }))
}
