import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { elasticsearchClient } from '../../consumers/elasticsearch/client.ts'
import { stablePorts, startBrokerCluster } from '../../test/support/broker-cluster.ts'
import type { BrokerNode } from '../../test/support/broker-node.ts'
import { removeIndex } from '../../test/support/remove-index.ts'
import { applyTopics } from '../../topic/kafka/admin.ts'
import { kafkaClient } from '../../topic/kafka/connect.ts'
import type { Options } from './options.ts'
import { createProgram, type Program } from './program.ts'

/** All that a soak runs on. */
export interface Stage {
  broker: BrokerNode
  /** Of the collector. */
  url: string
  /** Name of the topic and of the index. */
  topic: string
  /** Folder of the table in HDFS. */
  table: string
  /** What a command needs to find all of it. */
  env: Readonly<Record<string, string>>
  collector: Program
  /** Each with the one that joins it for a while. */
  writers: { first: Program; second: Program }[]
  /** Watches. */
  audit: Program
  /** Kills what runs, and removes what was written. */
  close(): Promise<void>
}

const partitions = 3
const user = 'clicktrail'
/** Files of a few seconds: many moments at which a writer may be killed between staging, renaming and committing. */
const flushMaxAgeMs = 5_000
const auditEverySeconds = 5
const auditSince = '5m'

/** Starts the broker and makes the topic; no program runs yet. */
export async function openStage({ hdfs, elasticsearch }: Options): Promise<Stage> {
  const topic = `soak-${Date.now().toString(36)}`
  const table = `/tmp/${topic}/events`
  const dataDir = mkdtempSync(join(tmpdir(), 'clicktrail-soak-'))
  const cluster = await startBrokerCluster(1)
  const [port = 0, ...adminPorts] = await stablePorts(7)
  const env = {
    KAFKA_BROKERS: cluster.direct,
    HDFS_URL: hdfs,
    HDFS_USER: user,
    HDFS_PATH: table,
    ELASTICSEARCH_URL: elasticsearch,
    ELASTICSEARCH_INDEX: topic,
    CLICKTRAIL_TOPIC: topic,
    CLICKTRAIL_DATA_DIR: dataDir,
    CLICKTRAIL_FLUSH_MAX_AGE_MS: String(flushMaxAgeMs),
    CLICKTRAIL_HOST: '127.0.0.1',
    CLICKTRAIL_PORT: String(port),
    CLICKTRAIL_LOG_LEVEL: 'warn',
  }
  const program = (name: string, args: string[], logLevel = 'warn') =>
    createProgram({ name, args, env: { ...env, CLICKTRAIL_LOG_LEVEL: logLevel }, adminPort: adminPorts.shift() ?? 0 })
  const collector = program('collector', ['collector'])
  const writers = [['HDFS writer', 'hdfs'] as const, ['Elasticsearch writer', 'elasticsearch'] as const].map(
    ([name, sink]) => ({
      first: program(name, ['consume', sink]),
      second: program(`second ${name}`, ['consume', sink]),
    }),
  )
  const watch = ['audit', '--watch', String(auditEverySeconds), '--since', auditSince]
  const audit = program('audit', watch, 'info')

  async function close(): Promise<void> {
    const programs = [audit, collector, ...writers.flatMap(({ first, second }) => [first, second])]
    await Promise.all(programs.map(one => one.stop('SIGKILL')))
    await cluster.close()
    rmSync(dataDir, { recursive: true, force: true })
    const client = elasticsearchClient({ urls: [elasticsearch] })
    await removeIndex(client, topic)
    await client.close()
    await fetch(`${hdfs}/webhdfs/v1/tmp/${topic}?op=DELETE&recursive=true&user.name=${user}`, { method: 'DELETE' })
  }

  try {
    const kafka = kafkaClient({ brokers: [cluster.direct] })
    await applyTopics(kafka, { topic, partitions, replicationFactor: 1 })
  } catch (error) {
    await close()
    throw error
  }
  return {
    broker: cluster.node(1),
    url: `http://127.0.0.1:${port}`,
    topic,
    table,
    env,
    collector,
    writers,
    audit,
    close,
  }
}
