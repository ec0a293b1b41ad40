import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { Command, Option } from 'commander'
import { hdfsRpc } from './addresses.ts'
import { stackDir } from './folders.ts'
import { runHive } from './hive.ts'
import { currentAddresses, serverStatus, startServers, stopServers, wipeServers } from './servers.ts'
import { serverNames } from './stack-processes.ts'
import { statusTable } from './status-table.ts'

/** Progress goes to stderr, so that `eval "$(npm run -s stack -- start)"` sets the addresses. */
const progress = (line: string) => console.error(line)

const program = new Command('npm run stack --').description(
  'Real Kafka, HDFS, HttpFS and Elasticsearch on 127.0.0.1, from Maven jars alone, and Hive for SQL files.',
)

program
  .command('start')
  .description('start the servers that are not running and print the lines to export')
  .argument('[server...]', `${serverNames.join(', ')}, or one process such as kafka-2 (default: all)`)
  .addOption(new Option('--brokers <n>', 'Kafka nodes').choices(['1', '3']))
  .option('--fresh', 'delete what the servers have stored before')
  .action(async (servers: string[], options: { brokers?: string; fresh?: true }) => {
    const begin = Date.now()
    if (options.fresh) await wipeServers()
    const started = await startServers(servers.length > 0 ? servers : serverNames, {
      progress,
      ...(options.brokers && { brokers: Number(options.brokers) }),
    })
    if (started.length > 0) progress(`ready after ${((Date.now() - begin) / 1000).toFixed(1)} s`)
    for (const [name, value] of Object.entries(currentAddresses())) console.log(`export ${name}=${value}`)
  })

program
  .command('stop')
  .description('end the servers, keeping their data; only what this checkout started')
  .argument('[server...]', 'as for start (default: all)')
  .option('--kill', 'SIGKILL instead of SIGTERM: a crash')
  .action(async (servers: string[], options: { kill?: true }) => {
    const stopped = await stopServers(servers.length > 0 ? servers : serverNames, options.kill ? 'SIGKILL' : 'SIGTERM')
    progress(stopped.length > 0 ? `stopped: ${stopped.join(', ')}` : 'nothing was running')
  })

program
  .command('status')
  .description('what runs, on which ports, with how much memory; exit code 1 unless everything serves')
  .action(async () => {
    const rows = await serverStatus()
    console.log(statusTable(rows))
    console.log(`\nlogs: ${stackDir}/logs`)
    if (rows.some(({ state }) => state !== 'serving')) process.exitCode = 1
  })

program
  .command('sql')
  .description('run an SQL file on Hive and print the rows, tab separated; stops at the first failure')
  .argument('<file>', 'statements, each ended by a semicolon at the end of a line; - reads stdin')
  .option('--hdfs <host:port>', "the NameNode's RPC address", hdfsRpc)
  .action(async (file: string, options: { hdfs: string }) => {
    const sql = file === '-' ? await text(process.stdin) : readFileSync(file, 'utf8')
    await runHive(sql, { hdfs: options.hdfs, onLine: line => console.log(line), progress })
  })

try {
  await program.parseAsync()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
