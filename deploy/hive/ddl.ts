export interface HiveDdlOptions {
  /** Where the writer lands its files: a path on the default file system, or an `hdfs://` address. */
  location: string
  /** Name of the table, with its database or without. @default "events" */
  table?: string
}

const fields: Record<string, string> = {
  '@timestamp': 'string',
  event: 'struct<id:string, action:string, `sequence`:bigint, created:string>',
  site: 'string',
  tab: 'struct<id:string>',
  session: 'struct<id:string>',
  user: 'struct<id:string, name:string>',
  url: 'struct<`full`:string, domain:string, path:string>',
  page: 'struct<title:string, language:string>',
  http: 'struct<request:struct<referrer:string>>',
  user_agent:
    'struct<original:string, name:string, version:string, os:struct<name:string, version:string>, device:struct<name:string, type:string>, bot:boolean>',
  client: 'struct<ip:string>',
  properties: 'map<string, string>',
  kafka: 'struct<topic:string, `partition`:int, `offset`:bigint, skipped:bigint, generation:int>',
}

/** `2026-11-21T02:44:46.123Z` as a timestamp in UTC, whatever the session's time zone is. */
const happenedAt = "cast(translate(`@timestamp`, 'TZ', ' ') AS timestamp) AS happened_at"

/**
 * The statements that make the landed files a Hive table, each ended by a semicolon at the end of a line: the external
 * table in the names of the record on the topic, its partitions, and the views `page_views` and `clicks`, which for a
 * table of another name than `events` begin with that name (`shop_clicks`). They may be run again at any time: that
 * adds the partitions that are new. Throws a TypeError for a location or a name that can't stand in a statement.
 */
export function hiveDdl({ location, table = 'events' }: HiveDdlOptions): string {
  if (!/^[^'"\\;\s]+$/.test(location)) throw new TypeError(`not a location: ${location}`)
  const [, database = '', name = ''] = /^([a-z]\w*\.)?([a-z]\w*)$/i.exec(table) ?? []
  if (!name) throw new TypeError(`not the name of a table: ${table}`)
  const view = (suffix: string) => `${database}${name === 'events' ? '' : `${name}_`}${suffix}`
  const columns = Object.entries(fields).map(([field, type]) => `  \`${field}\` ${type}`)
  return `-- What clicktrail's writer landed, as \`clicktrail hive ddl\` prints it. Run it again to see new partitions.
CREATE EXTERNAL TABLE IF NOT EXISTS ${table} (
${columns.join(',\n')}
)
PARTITIONED BY (dt string, hr string)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
STORED AS TEXTFILE
LOCATION '${location}';

MSCK REPAIR TABLE ${table};

CREATE OR REPLACE VIEW ${view('page_views')} AS
SELECT
  event.id AS event_id,
  ${happenedAt},
  site,
  url.domain AS domain,
  url.path AS path,
  page.title AS title,
  http.request.referrer AS referrer,
  \`user\`.id AS visitor,
  session.id AS session_id,
  user_agent.name AS browser,
  user_agent.os.name AS os,
  user_agent.device.type AS device,
  dt,
  hr
FROM ${table}
WHERE event.action = 'page_view';

CREATE OR REPLACE VIEW ${view('clicks')} AS
SELECT
  event.id AS event_id,
  ${happenedAt},
  site,
  event.action AS action,
  properties['color'] AS color,
  \`user\`.id AS visitor,
  \`user\`.name AS user_name,
  url.path AS path,
  user_agent.name AS browser,
  user_agent.os.name AS os,
  dt,
  hr
FROM ${table}
WHERE event.action RLIKE '(^|_)click$';
`
}
