import { join } from 'node:path'
import { embeddedHive, runHiveJvm } from './hive-jvm.ts'
import { fetchJars } from './jars.ts'

/** The versions beside Hive 4 that the DDL is written for: 2.3.10 and 3.1.3. */
export type OlderHive = 2 | 3

/** MapReduce in the same JVM: these have no engine of their own. */
const hiveSite = (folder: string) => ({
  ...embeddedHive(folder),
  'hive.metastore.warehouse.dir': join(folder, 'warehouse'),
  'hive.exec.scratchdir': join(folder, 'tmp/hive'),
  'hive.execution.engine': 'mr',
  'mapreduce.framework.name': 'local',
  'mapreduce.client.progressmonitor.pollinterval': 20,
  'hive.exec.counters.pull.interval': 50,
  'hive.exec.submitviachild': false,
  'hive.exec.submit.local.task.via.child': false,
})

/**
 * Runs the statements of `sql` on an older Hive over the local file system, with tables of its own in `folder`, and
 * resolves with the rows of all of them. Hive 3.1 runs no job on a Java after 8 (it reads a field of ArrayList that is gone):
 * there only what needs none, and EXPLAIN of what does. Throws at the first statement that fails, with Hive's message and the statement.
 */
export async function runOlderHive(sql: string, version: OlderHive, folder: string): Promise<string[][]> {
  const name = `hive${version}`
  return await runHiveJvm(sql, {
    name,
    folder,
    jars: await fetchJars(name, () => undefined),
    coreSite: { 'fs.defaultFS': 'file:///', 'hadoop.tmp.dir': join(folder, 'tmp') },
    hiveSite: hiveSite(folder),
  })
}
