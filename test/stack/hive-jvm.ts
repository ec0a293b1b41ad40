import { spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { logFile, resources } from './folders.ts'
import { hadoopXml, writeHadoopConfig } from './hadoop-config.ts'
import { tailOf } from './run.ts'
import { findJava } from './tools.ts'

export interface HiveJvmOptions {
  /** Holds configuration, metastore and scratch files. */
  folder: string
  /** The folder of its jars. */
  jars: string
  coreSite: Record<string, string | number | boolean>
  hiveSite: Record<string, string | number | boolean>
  /** Names its log. */
  name: string
  /** Gets each row as it comes, as one tab-separated line. @default none */
  onLine?: (line: string) => void
}

const opened = 'lang net util util.concurrent util.concurrent.atomic util.regex lang.reflect io nio time text'
const opens = [...opened.split(' ').map(name => `java.base/java.${name}`), 'java.sql/java.sql']

const log4j2 = (name: string) => `status = error
appender.file.type = File
appender.file.name = file
appender.file.fileName = ${logFile(name)}
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{ISO8601} %p %c{2}: %m%n
rootLogger.level = warn
rootLogger.appenderRef.file.ref = file
`

function writeConfig({ folder, coreSite, hiveSite, name }: HiveJvmOptions): string {
  return writeHadoopConfig(join(folder, 'conf'), {
    'core-site.xml': hadoopXml(coreSite),
    'hive-site.xml': hadoopXml(hiveSite),
    'hive-log4j2.properties': log4j2(name),
    'hive-exec-log4j2.properties': log4j2(name),
    'log4j2.properties': log4j2(name),
    'log4j.properties': 'log4j.rootLogger=OFF\n',
  })
}

/** What a Hive inside a JVM of ours has in common, whatever its version: a metastore of its own in `folder`, and no server. */
export const embeddedHive = (folder: string) => ({
  'javax.jdo.option.ConnectionURL': `jdbc:derby:;databaseName=${folder}/metastore;create=true`,
  'javax.jdo.option.ConnectionDriverName': 'org.apache.derby.jdbc.EmbeddedDriver',
  'datanucleus.schema.autoCreateAll': true,
  'hive.metastore.schema.verification': false,
  'hive.exec.local.scratchdir': `${folder}/scratch`,
  'hive.downloaded.resources.dir': `${folder}/scratch/resources`,
  'hive.support.concurrency': false,
  'hive.txn.manager': 'org.apache.hadoop.hive.ql.lockmgr.DummyTxnManager',
  'hive.stats.autogather': false,
  'hive.metastore.event.db.notification.api.auth': false,
  'hive.server2.enable.doAs': false,
  'hive.fetch.task.conversion': 'more',
  'hive.server2.logging.operation.enabled': false,
})

const escapes: Record<string, string> = { t: '\t', n: '\n', r: '\r', '\\': '\\' }

/** One line of HiveRun.java's output as its values. NULL is the text `NULL`. */
export function parseHiveRow(line: string): string[] {
  return line.split('\t').map(value => value.replace(/\\([tnr\\])/g, (_, letter: string) => escapes[letter] ?? letter))
}

/**
 * Runs the statements of `sql`, each ended by a semicolon at the end of a line, on a Hive in a JVM of its own, and resolves
 * with the rows of all of them. Throws at the first statement that fails, with Hive's message and the statement.
 */
export async function runHiveJvm(sql: string, options: HiveJvmOptions): Promise<string[][]> {
  const { folder } = options
  for (const path of [join(folder, 'scratch'), join(folder, 'tmp'), dirname(logFile(options.name))])
    mkdirSync(path, { recursive: true })
  const config = writeConfig(options)
  const file = join(folder, `run-${process.pid}.sql`)
  writeFileSync(file, sql)
  try {
    return await hiveJvm(config, file, options)
  } finally {
    rmSync(file, { force: true })
  }
}

/** It lives for a minute at most: the second compiler's work is never paid back. */
const quickStart = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']

async function hiveJvm(config: string, file: string, options: HiveJvmOptions): Promise<string[][]> {
  const { folder, jars, name, onLine = () => undefined } = options
  const jvm = [...quickStart, '-Xmx512m', ...opens.flatMap(name => ['--add-opens', `${name}=ALL-UNNAMED`])]
  const own = [
    `-Dlog=${logFile(name)}`,
    `-Dderby.stream.error.file=${folder}/derby.log`,
    `-Djava.io.tmpdir=${folder}/tmp`,
  ]
  const args = [...jvm, ...own, join(resources, 'HiveRun.java'), config, jars, file]
  const child = spawn(findJava().java, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
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
    const hint = code === 1 ? '' : `\nThe end of ${logFile(name)}:\n${tailOf(logFile(name))}`
    throw new Error(`Hive failed: ${failure.trim() || `exit ${code}`}${hint}`)
  }
  return lines.map(parseHiveRow)
}
