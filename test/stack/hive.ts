import { join } from 'node:path'
import { hdfsRpc } from './addresses.ts'
import { serverDir } from './folders.ts'
import { embeddedHive, runHiveJvm } from './hive-jvm.ts'
import { fetchJars } from './jars.ts'
import { withLock } from './lock.ts'

export interface HiveOptions {
  /** `host:port` of the NameNode's RPC. Each has tables of its own. @default the stack's */
  hdfs?: string
  /** Gets each row as it comes, as one tab-separated line. @default none */
  onLine?: (line: string) => void
  /** Gets a line when jars have to be fetched. @default none */
  progress?: (line: string) => void
}

const hiveSite = (folder: string, hdfs: string) => ({
  ...embeddedHive(folder),
  'hive.metastore.warehouse.dir': `hdfs://${hdfs}/warehouse`,
  'hive.metastore.warehouse.external.dir': `hdfs://${hdfs}/warehouse-external`,
  'hive.exec.scratchdir': `hdfs://${hdfs}/tmp/hive`,
  'hive.execution.engine': 'tez',
  'tez.local.mode': true,
  'tez.local.mode.without.network': true,
  'tez.runtime.optimize.local.fetch': true,
  'tez.ignore.lib.uris': true,
  'hive.tez.container.size': 256,
  'hive.stats.column.autogather': false,
})

/**
 * Runs the statements of `sql`, each ended by a semicolon at the end of a line, on a real Hive in a JVM of its own, and
 * resolves with the rows of all of them. Tables stay for the next call; calls wait for each other.
 * Throws at the first statement that fails, with Hive's message and the statement.
 */
export async function runHive(sql: string, options: HiveOptions = {}): Promise<string[][]> {
  const { hdfs = hdfsRpc, onLine, progress = () => undefined } = options
  const jars = await fetchJars('hive', progress)
  return await withLock('hive', () => {
    const folder = join(serverDir('hive'), hdfs.replace(/[^\w.-]/g, '_'))
    return runHiveJvm(sql, {
      name: 'hive',
      folder,
      jars,
      coreSite: { 'fs.defaultFS': `hdfs://${hdfs}`, 'hadoop.tmp.dir': join(folder, 'tmp') },
      hiveSite: hiveSite(folder, hdfs),
      ...(onLine && { onLine }),
    })
  })
}
