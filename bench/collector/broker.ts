import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fetchJars } from '../../test/stack/jars.ts'
import { kafkaProperties } from '../../test/stack/kafka.ts'
import { portsTaken } from '../../test/stack/port.ts'
import { run, tailOf } from '../../test/stack/run.ts'
import { findJava } from '../../test/stack/tools.ts'
import { until } from '../../test/support/until.ts'
import { cores, onCore } from './pinned.ts'

/** Real brokers of the bench's own, on the core of the load, with data that is removed with them. */
export interface Brokers {
  /** `KAFKA_BROKERS`. */
  readonly addresses: string
  readonly java: string
  /** The classpath of Kafka with its tools. */
  readonly jars: string
  /** Ends them in good order, keeping their data, and starts them again on the same ports. */
  stop(): Promise<void>
  start(): Promise<void>
  /** Ends them and removes their data. */
  close(): Promise<void>
}

/** Kafka says nothing of being ready without it. */
const log4j2 = `status = error
appender.console.type = Console
appender.console.name = STDOUT
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d] %p %m (%c)%n
rootLogger.level = INFO
rootLogger.appenderRef.stdout.ref = STDOUT
`

/** Later lines of a properties file replace earlier ones. What was sent is kept for moments only: a run sends gigabytes. */
function properties(node: number, ports: readonly Ports[], folder: string): string {
  const voters = ports.map(({ controller }, index) => `${index + 1}@127.0.0.1:${controller}`)
  const { broker = 0, controller = 0 } = ports[node - 1] ?? {}
  return `${kafkaProperties(node, ports.length, join(folder, `data-${node}`))}
controller.quorum.voters=${voters.join(',')}
listeners=PLAINTEXT://127.0.0.1:${broker},CONTROLLER://127.0.0.1:${controller}
advertised.listeners=PLAINTEXT://127.0.0.1:${broker}
log.retention.bytes=134217728
log.retention.check.interval.ms=5000
log.segment.delete.delay.ms=1000
`
}

interface Ports {
  broker: number
  controller: number
}

/** Starts 1 or 3 brokers, each a controller too, and resolves when they serve. Needs Java and, once, Maven. */
export async function startBrokers(count: 1 | 3, log: (line: string) => void): Promise<Brokers> {
  const { java } = findJava()
  const jars = join(await fetchJars('kafka', log), '*')
  const folder = mkdtempSync(join(tmpdir(), 'clicktrail-bench-kafka-'))
  writeFileSync(join(folder, 'log4j2.properties'), log4j2)
  const all = await stablePorts(count * 2)
  const ports = Array.from({ length: count }, (_, i) => ({ broker: all[2 * i] ?? 0, controller: all[2 * i + 1] ?? 0 }))
  const clusterId = randomBytes(16).toString('base64url').replace(/^-/, 'A')
  const nodes = ports.map((_, index) => index + 1)
  for (const node of nodes) {
    const file = join(folder, `${node}.properties`)
    writeFileSync(file, properties(node, ports, folder))
    const format = ['-cp', jars, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', file]
    await run(java, ['-Xmx128m', '-XX:TieredStopAtLevel=1', ...format], join(folder, 'format.log'))
  }
  let running: ChildProcess[] = []
  const killAll = () => {
    for (const child of running) child.kill('SIGKILL')
  }
  process.on('exit', killAll)
  const brokers: Brokers = {
    addresses: ports.map(({ broker }) => `127.0.0.1:${broker}`).join(','),
    java,
    jars,
    async start() {
      running = nodes.map(node => launch(node, { java, jars, folder }))
      await Promise.all(running.map((child, index) => untilServing(child, join(folder, `${index + 1}.log`))))
    },
    async stop() {
      const ending = running.filter(child => child.exitCode === null && child.signalCode === null)
      await Promise.all(
        ending.map(async child => {
          const exited = once(child, 'exit')
          child.kill('SIGTERM')
          const force = setTimeout(() => child.kill('SIGKILL'), 15_000)
          await exited
          clearTimeout(force)
        }),
      )
    },
    async close() {
      killAll()
      await brokers.stop()
      process.off('exit', killAll)
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
  log(`starting ${count} broker${count === 1 ? '' : 's'}`)
  try {
    await brokers.start()
  } catch (error) {
    await brokers.close()
    throw error
  }
  return brokers
}

function launch(node: number, { java, jars, folder }: { java: string; jars: string; folder: string }): ChildProcess {
  const jvm = [
    '-Xms512m',
    '-Xmx512m',
    '-XX:+UseG1GC',
    '-XX:MaxGCPauseMillis=20',
    `-Dlog4j2.configurationFile=${join(folder, 'log4j2.properties')}`,
    '-cp',
    jars,
  ]
  const { file, args } = onCore(cores.others, java, [...jvm, 'kafka.Kafka', join(folder, `${node}.properties`)])
  const output = openSync(join(folder, `${node}.log`), 'w')
  const child = spawn(file, args, { cwd: folder, stdio: ['ignore', output, output] })
  closeSync(output)
  return child
}

async function untilServing(child: ChildProcess, log: string): Promise<void> {
  await until(
    () => {
      if (child.exitCode !== null) throw new Error(`a broker ended with ${child.exitCode}:\n${tailOf(log)}`)
      return readFileSync(log, 'utf8').includes('Kafka Server started')
    },
    { what: `"Kafka Server started" in ${log}`, timeoutMs: 120_000, everyMs: 200 },
  )
}

/** Ports below those that the kernel gives to outgoing connections: what is stopped finds its port free again. */
async function stablePorts(count: number): Promise<number[]> {
  const ports = new Set<number>()
  while (ports.size < count) {
    const port = randomInt(20_000, 30_000)
    if ((await portsTaken([port])).length === 0) ports.add(port)
  }
  return [...ports]
}
