import { type Clicktrail, freePort, runClicktrail, spawnClicktrail, untilSaid } from './clicktrail.ts'

/** A collector and two writers, each a process of its own, on a topic, a folder and indices of their own. */
export interface Cluster {
  /** Of the collector. */
  url: string
  hdfsUrl: string
  hdfsPath: string
  elasticsearchUrl: string
  index: string
  processes: Clicktrail[]
  close(): Promise<void>
}

function address(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: the global setup of the integration tests sets it`)
  return value
}

/** Sets everything up with the commands that an operator types. Files close after 2 s; acks=all. */
export async function startCluster({ dataDir }: { dataDir: string }): Promise<Cluster> {
  const topic = `e2e-${Date.now().toString(36)}`
  const port = await freePort()
  const hdfsUrl = address('HDFS_URL')
  const elasticsearchUrl = address('ELASTICSEARCH_URL')
  const hdfsPath = `/e2e/${topic}`
  const env = {
    KAFKA_BROKERS: address('KAFKA_BROKERS'),
    CLICKTRAIL_TOPIC: topic,
    CLICKTRAIL_DATA_DIR: dataDir,
    HDFS_URL: hdfsUrl,
    HDFS_PATH: hdfsPath,
    ELASTICSEARCH_URL: elasticsearchUrl,
    ELASTICSEARCH_INDEX: topic,
  }
  for (const args of [
    ['topics', 'apply', '--partitions', '3', '--replication-factor', '1'],
    ['elasticsearch', 'setup'],
  ]) {
    const { code, output } = await runClicktrail({ args, env })
    if (code !== 0) throw new Error(`clicktrail ${args.join(' ')} ended with ${code}:\n${output}`)
  }
  const flags = ['--port', String(port), '--admin-port', String(await freePort()), '--acks', 'all']
  const processes = [
    spawnClicktrail({ args: ['collector', ...flags], env }),
    spawnClicktrail({ args: ['consume', 'hdfs', '--flush-max-age-ms', '2000', '--admin-port', '0'], env }),
    spawnClicktrail({ args: ['consume', 'elasticsearch', '--admin-port', '0'], env }),
  ]
  await Promise.all(
    processes.map((running, index) => untilSaid(running, index === 0 ? 'collecting' : 'consuming', 60_000)),
  )
  return {
    url: `http://127.0.0.1:${port}`,
    hdfsUrl,
    hdfsPath,
    elasticsearchUrl,
    index: topic,
    processes,
    close: async () => {
      await Promise.all(processes.map(running => running.stop()))
    },
  }
}
