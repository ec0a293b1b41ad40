import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fetchJars } from '../stack/jars.ts'
import { kafkaProperties } from '../stack/kafka.ts'
import { run, tailOf } from '../stack/run.ts'
import { findJava } from '../stack/tools.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'
import { until } from './until.ts'

/** A Kafka broker that a test may treat as badly as it likes. */
export interface BrokerNode {
  readonly id: number
  /** Stands before the listener that `BrokerCluster.proxied` names; the direct listener is never behind it. */
  readonly proxy: TcpProxy
  /** Resolves when the broker serves (the first time and after each `end`). */
  start(): Promise<void>
  /** Sends the signal and resolves when the process is gone. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** SIGSTOP and SIGCONT: the kernel still takes connections and bytes, and nobody answers. */
  suspend(): void
  resume(): void
}

export interface NodePorts {
  direct: number
  behindProxy: number
  controller: number
}

export interface BrokerNodeOptions {
  id: number
  /** Of all nodes, by `id − 1`. */
  ports: readonly NodePorts[]
  folder: string
  clusterId: string
  /** Further arguments of its JVM. @default none */
  jvm?: readonly string[]
}

/** Most of what a broker costs is its start: the second compiler's work is never paid back. */
const quickStart = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
const jvm = ['-Xms128m', '-Xmx400m', ...quickStart, '-Djava.awt.headless=true']

/** A later line of a properties file replaces an earlier one of the same name. */
function properties({ id, ports, folder }: BrokerNodeOptions, own: NodePorts, proxyPort: number): string {
  const voters = ports.map(({ controller }, index) => `${index + 1}@127.0.0.1:${controller}`)
  return `${kafkaProperties(id, ports.length, join(folder, `data-${id}`))}
controller.quorum.voters=${voters.join(',')}
listeners=PLAINTEXT://127.0.0.1:${own.direct},PROXIED://127.0.0.1:${own.behindProxy},CONTROLLER://127.0.0.1:${own.controller}
advertised.listeners=PLAINTEXT://127.0.0.1:${own.direct},PROXIED://127.0.0.1:${proxyPort}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT
`
}

/** Formats the broker's storage; it starts with `start`. Its process ends with ours. */
export async function createBrokerNode(options: BrokerNodeOptions): Promise<BrokerNode> {
  const { id, ports, folder, clusterId } = options
  const own = ports[id - 1]
  if (!own) throw new RangeError(`there are no ports of broker ${id}`)
  const { java } = findJava()
  const jars = join(await fetchJars('kafka', line => console.error(line)), '*')
  const proxy = await startTcpProxy({ targetPort: own.behindProxy })
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `broker-${id}.properties`)
  const log = join(folder, `broker-${id}.log`)
  writeFileSync(file, properties(options, own, proxy.port))
  const classpath = [`-Dlog4j2.configurationFile=${join(folder, 'log4j2.properties')}`, '-cp', jars]
  const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', file]
  await run(java, ['-Xmx128m', ...quickStart, ...classpath, ...format], `${log}.format`)
  let child: ChildProcess | undefined
  process.on('exit', () => child?.kill('SIGKILL'))

  return {
    id,
    proxy,
    async start() {
      writeFileSync(log, '')
      const output = openSync(log, 'a')
      const started = spawn(java, [...jvm, ...(options.jvm ?? []), ...classpath, 'kafka.Kafka', file], {
        stdio: ['ignore', output, output],
      })
      closeSync(output)
      child = started
      await until(
        () => {
          if (started.exitCode !== null) throw new Error(`broker ${id} ended while it started:\n${tailOf(log)}`)
          return readFileSync(log, 'utf8').includes('Kafka Server started')
        },
        { what: `broker ${id} in ${log}`, timeoutMs: 300_000, everyMs: 200 },
      )
    },
    async end(signal) {
      const running = child
      child = undefined
      if (!running || running.exitCode !== null || running.signalCode !== null) return
      const exited = once(running, 'exit')
      running.kill(signal)
      await exited
    },
    suspend: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
  }
}
