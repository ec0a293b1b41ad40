import { spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { hdfsRpc } from './addresses.ts'
import { logFile, resources, serverDir } from './folders.ts'
import { hadoopXml, writeHadoopConfig } from './hadoop-config.ts'
import { fetchJars } from './jars.ts'
import { withLock } from './lock.ts'
import { tailOf } from './run.ts'
import { findJava } from './tools.ts'

export interface HiveOptions {
  /** `host:port` of the NameNode's RPC. Each has tables of its own. @default the stack's */
  hdfs?: string
  /** Gets each row as it comes, as one tab-separated line. @default none */
  onLine?: (line: string) => void
  /** Gets a line when jars have to be fetched. @default none */
  progress?: (line: string) => void
}

const opened = 'lang net util util.concurrent util.concurrent.atomic util.regex lang.reflect io nio time text'
const opens = [...opened.split(' ').map(name => `java.base/java.${name}`), 'java.sql/java.sql']

const hiveSite = (folder: string, hdfs: string) => ({
  'javax.jdo.option.ConnectionURL': `jdbc:derby:;databaseName=${folder}/metastore;create=true`,
  'javax.jdo.option.ConnectionDriverName': 'org.apache.derby.jdbc.EmbeddedDriver',
  'datanucleus.schema.autoCreateAll': true,
  'hive.metastore.schema.verification': false,
  'hive.metastore.warehouse.dir': `hdfs://${hdfs}/warehouse`,
  'hive.metastore.warehouse.external.dir': `hdfs://${hdfs}/warehouse-external`,
  'hive.exec.scratchdir': `hdfs://${hdfs}/tmp/hive`,
  'hive.exec.local.scratchdir': `${folder}/scratch`,
  'hive.downloaded.resources.dir': `${folder}/scratch/resources`,
  'hive.execution.engine': 'tez',
  'tez.local.mode': true,
  'tez.local.mode.without.network': true,
  'tez.runtime.optimize.local.fetch': true,
  'tez.ignore.lib.uris': true,
  'hive.tez.container.size': 256,
  'hive.support.concurrency': false,
  'hive.txn.manager': 'org.apache.hadoop.hive.ql.lockmgr.DummyTxnManager',
  'hive.stats.autogather': false,
  'hive.stats.column.autogather': false,
  'hive.metastore.event.db.notification.api.auth': false,
  'hive.server2.enable.doAs': false,
  'hive.fetch.task.conversion': 'more',
  'hive.server2.logging.operation.enabled': false,
})

const log4j2 = `status = error
appender.file.type = File
appender.file.name = file
appender.file.fileName = ${logFile('hive')}
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{ISO8601} %p %c{2}: %m%n
rootLogger.level = warn
rootLogger.appenderRef.file.ref = file
`

function writeConfig(folder: string, hdfs: string): string {
  return writeHadoopConfig(join(folder, 'conf'), {
    'core-site.xml': hadoopXml({ 'fs.defaultFS': `hdfs://${hdfs}`, 'hadoop.tmp.dir': join(folder, 'tmp') }),
    'hive-site.xml': hadoopXml(hiveSite(folder, hdfs)),
    'hive-log4j2.properties': log4j2,
    'hive-exec-log4j2.properties': log4j2,
    'log4j2.properties': log4j2,
    'log4j.properties': 'log4j.rootLogger=OFF\n',
  })
}

const escapes: Record<string, string> = { t: '\t', n: '\n', r: '\r', '\\': '\\' }

/** One line of HiveRun.java's output as its values. NULL is the text `NULL`. */
export function parseHiveRow(line: string): string[] {
  return line.split('\t').map(value => value.replace(/\\([tnr\\])/g, (_, letter: string) => escapes[letter] ?? letter))
}

/**
 * Runs the statements of `sql`, each ended by a semicolon at the end of a line, on a real Hive in a JVM of its own, and
 * resolves with the rows of all of them. Tables stay for the next call; calls wait for each other.
 * Throws at the first statement that fails, with Hive's message and the statement.
 */
export async function runHive(sql: string, options: HiveOptions = {}): Promise<string[][]> {
  const hdfs = options.hdfs ?? hdfsRpc
  const { java } = findJava()
  const jars = await fetchJars('hive', options.progress ?? (() => undefined))
  return await withLock('hive', async () => {
    const folder = join(serverDir('hive'), hdfs.replace(/[^\w.-]/g, '_'))
    for (const path of [join(folder, 'scratch'), join(folder, 'tmp'), dirname(logFile('hive'))])
      mkdirSync(path, { recursive: true })
    const config = writeConfig(folder, hdfs)
    const file = join(folder, `run-${process.pid}.sql`)
    writeFileSync(file, sql)
    try {
      return await hiveJvm(java, folder, `${config}:${join(jars, '*')}`, file, options.onLine ?? (() => undefined))
    } finally {
      rmSync(file, { force: true })
    }
  })
}

async function hiveJvm(
  java: string,
  folder: string,
  classpath: string,
  file: string,
  onLine: (line: string) => void,
): Promise<string[][]> {
  const jvm = ['-Xmx512m', '-XX:+UseSerialGC', ...opens.flatMap(name => ['--add-opens', `${name}=ALL-UNNAMED`])]
  const own = [
    `-Dlog=${logFile('hive')}`,
    `-Dderby.stream.error.file=${folder}/derby.log`,
    `-Djava.io.tmpdir=${folder}/tmp`,
  ]
  const args = [...jvm, ...own, '-cp', classpath, join(resources, 'HiveRun.java'), file]
  const child = spawn(java, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  let rest = ''
  let failure = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    lines.push(...parts)
    parts.forEach(onLine)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    failure += text
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code !== 0) {
    const hint = code === 1 ? '' : `\nThe end of ${logFile('hive')}:\n${tailOf(logFile('hive'))}`
    throw new Error(`Hive failed: ${failure.trim() || `exit ${code}`}${hint}`)
  }
  return lines.map(parseHiveRow)
}
