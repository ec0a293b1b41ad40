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
}

/** The column is the record's text. `unix_timestamp` is not used: it reads in the session's time zone. */
export const hiveDialect: Dialect = {
  quote: name => `\`${name}\``,
  timestamp: field => `cast(translate(${field}, 'TZ', ' ') AS timestamp)`,
  seconds: field =>
    `cast(datediff(substr(${field}, 1, 10), '1970-01-01') AS bigint) * 86400 + cast(substr(${field}, 12, 2) AS int) * 3600 + cast(substr(${field}, 15, 2) AS int) * 60 + cast(substr(${field}, 18, 2) AS int)`,
  day: field => `substr(${field}, 1, 10)`,
  hour: field => `substr(${field}, 12, 2)`,
}

/** The column is a TIMESTAMP already. */
export const duckDbDialect: Dialect = {
  quote: name => `"${name}"`,
  timestamp: field => field,
  seconds: field => `epoch_ms(${field}) // 1000`,
  day: field => `strftime(${field}, '%Y-%m-%d')`,
  hour: field => `strftime(${field}, '%H')`,
}

export interface View {
  name: string
  /** One SELECT, without a semicolon. */
  query: string
  /** What a row of it is. */
  about: string
}

/** A visit without an id of its own ends after so many seconds in which nothing happened. */
const idleSeconds = 1_800

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
  ]
  return views.map(view => ({ ...view, name: nameOf(view.name) }))
}

/** Offset by offset, so that a row too many makes up for none too few. */
function completenessQuery(rows: string): string {
  const partition = 'kafka_topic, kafka_generation, kafka_partition'
  return `SELECT
  ${partition},
  sum(times) AS landed,
  sum(passed) AS skipped,
  sum(CASE WHEN gone > passed THEN gone - passed ELSE 0 END) AS missing,
  sum(times - 1) AS doubled
FROM (
  SELECT
    o.*,
    coalesce(kafka_offset - previous - 1, 0) AS gone,
    CASE WHEN previous IS NULL THEN 0 ELSE skipped END AS passed
  FROM (
    SELECT
      c.*,
      lag(kafka_offset) OVER (PARTITION BY ${partition} ORDER BY kafka_offset) AS previous
    FROM (
      SELECT ${partition}, kafka_offset, count(*) AS times, max(kafka_skipped) AS skipped
      FROM ${rows}
      GROUP BY ${partition}, kafka_offset
    ) c
  ) o
) offsets
GROUP BY ${partition}`
}

function sessionsQuery(events: string): string {
  const order = 'happened_at, tab_sequence, event_id'
  return `SELECT
  visit AS session_id,
  site,
  min(visitor) AS visitor,
  min(happened_at) AS began_at,
  max(happened_at) AS ended_at,
  max(happened_s) - min(happened_s) AS duration_s,
  count(*) AS events,
  sum(CASE WHEN action = 'page_view' THEN 1 ELSE 0 END) AS views,
  min(CASE WHEN action = 'page_view' AND from_first = 1 THEN path END) AS entry_page,
  min(CASE WHEN action = 'page_view' AND from_last = 1 THEN path END) AS exit_page,
  count(*) = 1 AND min(action) = 'page_view' AS bounce,
  min(happened_dt) AS dt
FROM (
  SELECT
    v.*,
    row_number() OVER (PARTITION BY site, visit, action ORDER BY ${order}) AS from_first,
    row_number() OVER (PARTITION BY site, visit, action ORDER BY ${order.replaceAll(',', ' DESC,')} DESC) AS from_last
  FROM (
    SELECT
      p.*,
      coalesce(session_id, concat(who, '-', cast(sum(begins) OVER (PARTITION BY site, who ORDER BY ${order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS string))) AS visit
    FROM (
      SELECT
        d.*,
        CASE WHEN happened_s - lag(happened_s) OVER (PARTITION BY site, who ORDER BY ${order}) <= ${idleSeconds} THEN 0 ELSE 1 END AS begins
      FROM (SELECT e.*, coalesce(session_id, visitor, tab_id) AS who FROM ${events} e WHERE NOT bot) d
    ) p
  ) v
) ordered
GROUP BY site, visit`
}
