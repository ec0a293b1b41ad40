import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ports } from './addresses.ts'
import { logFile, serverDir } from './folders.ts'
import { fetchJars } from './jars.ts'
import { jmxAgent } from './jmx.ts'
import { run } from './run.ts'
import type { ServerProcess } from './server-process.ts'
import { findJava } from './tools.ts'

const jvm = ['-Xms256m', '-Xmx512m', '-server', '-XX:+UseG1GC', '-XX:MaxGCPauseMillis=20', '-Djava.awt.headless=true']

const log4j2 = `status = error
appender.console.type = Console
appender.console.name = STDOUT
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d] %p %m (%c)%n
rootLogger.level = INFO
rootLogger.appenderRef.stdout.ref = STDOUT
`

/** server.properties of one node of a KRaft cluster where every node is broker and controller. `node` counts from 1. */
export function kafkaProperties(node: number, brokers: number, dataDir: string): string {
  const own = ports.kafka[node - 1]
  if (!own) throw new RangeError(`there is no broker ${node}`)
  const voters = ports.kafka.slice(0, brokers).map(({ controller }, index) => `${index + 1}@127.0.0.1:${controller}`)
  return `process.roles=broker,controller
node.id=${node}
controller.quorum.voters=${voters.join(',')}
listeners=PLAINTEXT://127.0.0.1:${own.broker},CONTROLLER://127.0.0.1:${own.controller}
advertised.listeners=PLAINTEXT://127.0.0.1:${own.broker}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=${dataDir}
num.network.threads=2
num.io.threads=4
num.partitions=1
default.replication.factor=${brokers}
min.insync.replicas=1
offsets.topic.replication.factor=${brokers}
offsets.topic.num.partitions=10
transaction.state.log.replication.factor=${brokers}
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=10
share.coordinator.state.topic.replication.factor=${brokers}
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
log.retention.hours=24
log.segment.bytes=67108864
`
}

/** One id for all nodes of a cluster, made once: 16 bytes in base64url, as Kafka writes its Uuid. */
function clusterId(folder: string): string {
  const file = join(folder, 'cluster.id')
  // Kafka's tools would take a leading dash for an option
  if (!existsSync(file)) writeFileSync(file, randomBytes(16).toString('base64url').replace(/^-/, 'A'))
  return readFileSync(file, 'utf8')
}

/** The processes of a cluster of 1 or 3 brokers. A cluster of another size has data of its own. */
export function kafkaProcesses(brokers: number, progress: (line: string) => void): ServerProcess[] {
  const folder = join(serverDir('kafka'), `of-${brokers}`)
  return ports.kafka.slice(0, brokers).map((own, index) => {
    const node = index + 1
    const name = `kafka-${node}`
    const data = join(folder, `data-${node}`)
    return {
      name,
      ports: [own.broker, own.controller, own.metrics],
      ready: async log => log.includes('Kafka Server started'),
      prepare: async mark => {
        const { java } = findJava()
        const jars = join(await fetchJars('kafka', progress), '*')
        mkdirSync(folder, { recursive: true })
        const properties = join(folder, `${name}.properties`)
        writeFileSync(properties, kafkaProperties(node, brokers, data))
        writeFileSync(join(folder, 'log4j2.properties'), log4j2)
        const logging = `-Dlog4j2.configurationFile=${join(folder, 'log4j2.properties')}`
        if (!existsSync(join(data, 'meta.properties'))) {
          const format = ['format', '-t', clusterId(folder), '-c', properties]
          await run(java, ['-Xmx256m', logging, '-cp', jars, 'kafka.tools.StorageTool', ...format], logFile('format'))
        }
        const agent = await jmxAgent(own.metrics, progress)
        return { file: java, cwd: folder, args: [...jvm, agent, mark, logging, '-cp', jars, 'kafka.Kafka', properties] }
      },
    }
  })
}
