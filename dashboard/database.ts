import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { duckDbDialect, viewsOf } from '../deploy/hive/views.ts'
import { lossView } from './loss-view.ts'
import { sessionsView } from './sessions-view.ts'

/** The landed record as DuckDB reads it: one entry a column, the same names and types as the Hive table's. */
const recordShape = {
  '@timestamp': 'TIMESTAMP',
  event: { id: 'VARCHAR', action: 'VARCHAR', sequence: 'BIGINT', created: 'TIMESTAMP' },
  site: 'VARCHAR',
  tab: { id: 'VARCHAR' },
  session: { id: 'VARCHAR' },
  user: { id: 'VARCHAR', name: 'VARCHAR' },
  url: { full: 'VARCHAR', domain: 'VARCHAR', path: 'VARCHAR' },
  page: { title: 'VARCHAR', language: 'VARCHAR' },
  http: { request: { referrer: 'VARCHAR' } },
  user_agent: {
    original: 'VARCHAR',
    name: 'VARCHAR',
    version: 'VARCHAR',
    os: { name: 'VARCHAR', version: 'VARCHAR' },
    device: { name: 'VARCHAR', type: 'VARCHAR' },
    bot: 'BOOLEAN',
  },
  client: { ip: 'VARCHAR' },
  properties: 'MAP(VARCHAR, VARCHAR)',
  kafka: { topic: 'VARCHAR', partition: 'INTEGER', offset: 'BIGINT', skipped: 'BIGINT', generation: 'INTEGER' },
} as const

type Shape = string | { readonly [name: string]: Shape }

/** Without these a line is not a landed record, and its file is refused. */
const required: readonly string[] = ['@timestamp', 'event', 'kafka']

function typeOf(shape: Shape): string {
  if (typeof shape === 'string') return shape
  return `STRUCT(${Object.entries(shape)
    .map(([name, inner]) => `"${name}" ${typeOf(inner)}`)
    .join(', ')})`
}

const columns = Object.entries(recordShape).map(
  ([name, shape]) => `"${name}" ${typeOf(shape)}${required.includes(name) ? ' NOT NULL' : ''}`,
)

/** Inserts the lines of `$lines` (landed records, one a line) as rows of the folder `dt=$dt/hr=$hr`. */
export const insertLines = `INSERT INTO events
  SELECT record.*, $dt, $hr
  FROM (SELECT from_json(unnest(string_split($lines, chr(10))), '${JSON.stringify(recordShape)}') AS record)`

export interface Database {
  /** A connection whose default catalog has the table `events` and its views. */
  connect(): Promise<DuckDBConnection>
  /** Compresses what was inserted since the last time; about 35 bytes to 200 bytes an event remain. */
  compact(): Promise<void>
}

export interface DatabaseOptions {
  /** What tables and queries may take together. @default '512MB' */
  memoryLimit?: string
}

/** Views that DuckDB answers sooner by another text than Hive's. */
const quickViews = new Map([
  ['loss', lossView],
  ['sessions', sessionsView],
])

/**
 * Opens an empty in-memory DuckDB with the table `events` and the views that Hive has on it; `loss` and `sessions` are asked in another way, for the same rows. It has no way out from the first moment: no files, no
 * network, no extensions, and its configuration can't be changed again. Rows come in as parameters only.
 */
export async function openDatabase({ memoryLimit = '512MB' }: DatabaseOptions = {}): Promise<Database> {
  const instance = await DuckDBInstance.create(':memory:', {
    enable_external_access: 'false',
    allow_community_extensions: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_unsigned_extensions: 'false',
    memory_limit: memoryLimit,
    threads: '1',
    lock_configuration: 'true',
  })
  const keeper = await instance.connect()
  // Only an attached in-memory database compresses its tables: 670 bytes an event become a tenth of it.
  await keeper.run("ATTACH ':memory:' AS landed (COMPRESS)")
  await keeper.run('USE landed')
  await keeper.run(`CREATE TABLE events (${columns.join(', ')}, dt VARCHAR NOT NULL, hr VARCHAR NOT NULL)`)
  for (const { name, query } of viewsOf(duckDbDialect, name => name))
    await keeper.run(`CREATE VIEW ${name} AS ${quickViews.get(name) ?? query}`)
  return {
    async connect() {
      const connection = await instance.connect()
      await connection.run('USE landed')
      return connection
    },
    async compact() {
      await keeper.run('CHECKPOINT landed')
    },
  }
}
