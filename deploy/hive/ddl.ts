import { hiveDialect, viewsOf } from './views.ts'

export interface HiveDdlOptions {
  /** Where the writer lands its files: a path on the default file system, or an `hdfs://` address. */
  location: string
  /** Name of the table, with its database or without. @default "events" */
  table?: string
  /** The oldest Hive that is to read the text; later ones read it too. @default 2 */
  hive?: HiveVersion
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

/** What a version reads: 3.1 has a SerDe of its own and can drop partitions whose folder is gone; 4 looks for new ones itself. */
const versions = {
  2: { serde: 'org.apache.hive.hcatalog.data.JsonSerDe', sync: '', properties: '' },
  3: { serde: 'org.apache.hadoop.hive.serde2.JsonSerDe', sync: ' SYNC PARTITIONS', properties: '' },
  4: {
    serde: 'org.apache.hadoop.hive.serde2.JsonSerDe',
    sync: ' SYNC PARTITIONS',
    properties: "\nTBLPROPERTIES ('discover.partitions' = 'true')",
  },
} as const
export type HiveVersion = keyof typeof versions

/** The parts of a table's name: `database` with its dot, or empty. Throws a TypeError for what can't stand in a statement. */
function partsOf(table: string): { database: string; name: string } {
  const [, database = '', name = ''] = /^([a-z]\w*\.)?([a-z]\w*)$/i.exec(table) ?? []
  if (!name) throw new TypeError(`not the name of a table: ${table}`)
  return { database, name }
}

/**
 * The statements that make the landed files a Hive table, each ended by a semicolon at the end of a line: the external
 * table in the names of the record on the topic, its partitions, and the views of {@link viewsOf}, which for a table of
 * another name than `events` begin with that name (`shop_clicks`). They may be run again at any time: that adds the
 * partitions that are new. Throws a TypeError for a location or a name that can't stand in a statement.
 */
export function hiveDdl({ location, table = 'events', hive = 2 }: HiveDdlOptions): string {
  if (!/^[^'"\\;\s]+$/.test(location)) throw new TypeError(`not a location: ${location}`)
  const { database, name } = partsOf(table)
  const { serde, sync, properties } = versions[hive]
  const prefix = name === 'events' ? '' : `${name}_`
  const nameOf = (view: string) => (view === 'events' ? table : `${database}${prefix}${view}`)
  const columns = Object.entries(fields).map(([field, type]) => `  \`${field}\` ${type}`)
  const views = viewsOf(hiveDialect, nameOf).map(
    view => `-- ${view.about}\nCREATE OR REPLACE VIEW ${view.name} AS\n${view.query};\n`,
  )
  return `-- What clicktrail's writer landed, as \`clicktrail hive ddl\` prints it. Run it again to see new partitions.
CREATE EXTERNAL TABLE IF NOT EXISTS ${table} (
${columns.join(',\n')}
)
PARTITIONED BY (dt string, hr string)
ROW FORMAT SERDE '${serde}'
STORED AS TEXTFILE
LOCATION '${location}'${properties};

MSCK REPAIR TABLE ${table}${sync};

${views.join('\n')}`
}
