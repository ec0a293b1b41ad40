import { elasticsearchClient } from '../../consumers/elasticsearch/client.ts'
import { jmxAgent } from '../stack/jmx.ts'
import { stablePorts, startBrokerCluster } from '../support/broker-cluster.ts'
import { type Clicktrail, runClicktrail, spawnClicktrail, untilSaid } from '../support/clicktrail.ts'
import { removeIndex } from '../support/remove-index.ts'

/** A collector, both writers and an audit, each a process of its own, on a broker of their own that shows its metrics. */
export interface Pipeline {
  /** Of the collector. */
  url: string
  /** `host:port` of what Prometheus asks, by job. */
  targets: Record<'collector' | 'hdfs-writer' | 'elasticsearch-writer' | 'audit' | 'kafka', string>
  /** Resolves when it is gone, without a good-bye. */
  killHdfsWriter(): Promise<void>
  close(): Promise<void>
}

function address(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: the global setup of these tests sets it`)
  return value
}

/** Resolves when all of them serve; leaves nothing behind when it rejects. Files close after 500 ms. */
export async function startPipeline(dataDir: string, progress: (line: string) => void): Promise<Pipeline> {
  const name = `alarms-${Date.now().toString(36)}`
  const [port = 0, collector = 0, hdfs = 0, elasticsearch = 0, audit = 0, kafka = 0] = await stablePorts(6)
  const agent = await jmxAgent(kafka, progress)
  const brokers = await startBrokerCluster(1, () => [agent])
  const node = address('ELASTICSEARCH_URL')
  const env = {
    KAFKA_BROKERS: brokers.direct,
    CLICKTRAIL_TOPIC: name,
    CLICKTRAIL_DATA_DIR: dataDir,
    HDFS_URL: address('HDFS_URL'),
    HDFS_USER: 'clicktrail',
    HDFS_PATH: `/tmp/clicktrail-${name}/events`,
    ELASTICSEARCH_URL: node,
    ELASTICSEARCH_INDEX: name,
  }
  const processes: Clicktrail[] = []
  const spawn = (args: readonly string[], adminPort: number) => {
    const running = spawnClicktrail({ args: [...args, '--admin-port', String(adminPort)], env })
    processes.push(running)
    return running
  }
  const close = async () => {
    await Promise.all(processes.map(running => running.stop()))
    await brokers.close()
    const files = new URL(
      `/webhdfs/v1/tmp/clicktrail-${name}?op=DELETE&recursive=true&user.name=clicktrail`,
      env.HDFS_URL,
    )
    await fetch(files, { method: 'DELETE' })
    const client = elasticsearchClient({ urls: [node] })
    await removeIndex(client, name)
    await client.close()
  }
  const setups = [
    ['topics', 'apply', '--partitions', '2', '--replication-factor', '1'],
    ['elasticsearch', 'setup'],
  ]
  const begin = async () => {
    for (const { code, output } of await Promise.all(setups.map(args => runClicktrail({ args, env }))))
      if (code !== 0) throw new Error(`a setup ended with ${code}:\n${output}`)
    const hdfsWriter = spawn(['consume', 'hdfs', '--flush-max-age-ms', '500'], hdfs)
    const serving = [
      untilSaid(spawn(['collector', '--port', String(port)], collector), 'collecting', 120_000),
      untilSaid(hdfsWriter, 'consuming', 120_000),
      untilSaid(spawn(['consume', 'elasticsearch'], elasticsearch), 'consuming', 120_000),
    ]
    spawn(['audit', '--watch', '1'], audit)
    await Promise.all(serving)
    return hdfsWriter
  }
  const hdfsWriter = await begin().catch(async error => {
    await close()
    throw error
  })
  return {
    url: `http://127.0.0.1:${port}`,
    targets: {
      collector: `127.0.0.1:${collector}`,
      'hdfs-writer': `127.0.0.1:${hdfs}`,
      'elasticsearch-writer': `127.0.0.1:${elasticsearch}`,
      audit: `127.0.0.1:${audit}`,
      kafka: `127.0.0.1:${kafka}`,
    },
    async killHdfsWriter() {
      await hdfsWriter.stop('SIGKILL')
    },
    close,
  }
}
