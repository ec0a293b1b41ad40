import { randomBytes, randomInt } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { portsTaken } from '../stack/port.ts'
import { type BrokerNode, createBrokerNode, type NodePorts } from './broker-node.ts'

/** Brokers of a test's own, on free ports and in a temporary folder: nothing of the shared stack is touched. */
export interface BrokerCluster {
  /** `KAFKA_BROKERS` without a proxy in between. */
  readonly direct: string
  /** `KAFKA_BROKERS` through the proxies, which is also what the brokers then advertise. */
  readonly proxied: string
  readonly nodes: readonly BrokerNode[]
  /** Throws a RangeError where there is no such node; `id` counts from 1. */
  node(id: number): BrokerNode
  /** Kills the brokers and removes their data. */
  close(): Promise<void>
}

const quiet = `status = error
appender.console.type = Console
appender.console.name = STDOUT
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d] %p %m (%c)%n
rootLogger.level = INFO
rootLogger.appenderRef.stdout.ref = STDOUT
`

const firstPort = 20_000
const portsOfWorker = 2_500
/** Those that this process has given away: who got one may not listen yet. */
const given = new Set<number>()

/**
 * Ports of 127.0.0.1 that nobody listens on now, below those that the kernel gives to outgoing connections: what is
 * stopped finds its port free again. Test files that run side by side get them from ranges of their own.
 */
export async function stablePorts(count: number): Promise<number[]> {
  const from = firstPort + (Number(process.env['VITEST_POOL_ID'] ?? 0) % 4) * portsOfWorker
  const ports: number[] = []
  while (ports.length < count) {
    const port = randomInt(from, from + portsOfWorker)
    if (given.has(port)) continue
    given.add(port)
    if ((await portsTaken([port])).length === 0) ports.push(port)
  }
  return ports
}

/** Starts 1 or 3 brokers, each of which is a controller too, with further arguments for the JVM of each. Resolves when all of them serve. */
export async function startBrokerCluster(
  count: 1 | 3,
  jvmOf: (id: number) => readonly string[] = () => [],
): Promise<BrokerCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'clicktrail-brokers-'))
  writeFileSync(join(folder, 'log4j2.properties'), quiet)
  const clusterId = randomBytes(16).toString('base64url').replace(/^-/, 'A')
  const ports = await nodePorts(count)
  const nodes = await Promise.all(
    ports.map((_, index) => createBrokerNode({ id: index + 1, ports, folder, clusterId, jvm: jvmOf(index + 1) })),
  )
  await Promise.all(nodes.map(node => node.start()))
  return {
    direct: ports.map(({ direct }) => `127.0.0.1:${direct}`).join(','),
    proxied: nodes.map(({ proxy }) => `127.0.0.1:${proxy.port}`).join(','),
    nodes,
    node(id) {
      const node = nodes[id - 1]
      if (!node) throw new RangeError(`there is no broker ${id}`)
      return node
    },
    async close() {
      await Promise.all(nodes.map(node => node.end('SIGKILL')))
      await Promise.all(nodes.map(node => node.proxy.close()))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function nodePorts(count: number): Promise<NodePorts[]> {
  const all = await stablePorts(count * 3)
  return Array.from({ length: count }, (_, index) => {
    const [direct = 0, behindProxy = 0, controller = 0] = all.slice(index * 3)
    return { direct, behindProxy, controller }
  })
}
