import { errors } from '@elastic/elasticsearch'
import type { Logger } from 'pino'
import { backoffMs, wait } from '../../consumers/backoff.ts'
import { type Consumer, createConsumer } from '../../consumers/consumer.ts'
import { elasticsearchClient } from '../../consumers/elasticsearch/client.ts'
import { setupElasticsearch } from '../../consumers/elasticsearch/setup.ts'
import { createElasticsearchSink } from '../../consumers/elasticsearch/sink.ts'
import { announcingStore } from '../../consumers/hdfs/announcing-store.ts'
import { createHivePartitions } from '../../consumers/hdfs/hive-partitions.ts'
import { createHdfsSink } from '../../consumers/hdfs/sink.ts'
import type { LandingStore } from '../../consumers/hdfs/store.ts'
import type { createConsumerMetrics } from '../../consumers/metrics.ts'
import type { Sink } from '../../consumers/sink.ts'
import type { Config } from '../config/config.ts'
import { openLandingStore } from './landing-store.ts'
import type { Topics } from './topics.ts'

/** Opens a sink: waits for a storage that is away, until `signal` aborts. */
export type OpenSink = (config: Config, logger: Logger, signal: AbortSignal) => Promise<Sink>

/** The sink that writes files: to HDFS where it is configured, else to `<data>/events`. */
export const openHdfsSink: OpenSink = async (config, logger, signal) => {
  const store = await openLandingStore(config, logger, signal)
  const { flush, format, generation, topic } = config
  return createHdfsSink({ store: toldToHive(store, config, logger), topic, format, generation, ...flush, logger })
}

/** The same store; Hive hears of each new hour by the operator's command, if there is one. */
function toldToHive(store: LandingStore, { hive }: Config, logger: Logger): LandingStore {
  if (!hive.command) return store
  const partitions = createHivePartitions({ command: hive.command, table: hive.table, logger })
  const announcing = announcingStore(store, path => partitions.announce(path))
  return { ...announcing, close: async () => void (await Promise.all([partitions.close(), store.close()])) }
}

/** The sink that writes documents. Its templates are installed first where they are missing: an index made without them has the wrong types for good. */
export const openElasticsearchSink: OpenSink = async (config, logger, signal) => {
  const { urls = [], index, credentials } = config.elasticsearch
  const client = elasticsearchClient({ urls, ...credentials })
  for (let attempt = 0; ; attempt++) {
    try {
      const report = await setupElasticsearch(client, { index, onlyIfMissing: true })
      logger.info({ ...report }, 'Elasticsearch is set up')
      break
    } catch (error) {
      if (error instanceof errors.ResponseError && error.statusCode === 403) {
        logger.warn(
          { err: error },
          'not allowed to look at the templates: run "clicktrail elasticsearch setup" as one who is',
        )
        break
      }
      logger.warn({ err: error, attempt, urls }, 'Elasticsearch can not be set up now, trying again')
      await wait(backoffMs(attempt), signal)
      signal.throwIfAborted()
    }
  }
  return createElasticsearchSink({ client, topic: config.topic, index, logger })
}

/** What a consumer may take to flush when it is stopped, milliseconds: the whole stop has ten seconds. */
const closeTimeoutMs = 3_000

/** Makes the metrics of one sink. */
export type MetricsOf = ReturnType<typeof createConsumerMetrics>

export interface RunningConsumer {
  /** What keeps it from landing all that it reads; undefined when nothing does. */
  trouble(): string | undefined
  /** Rejects when it has died for good. */
  died: Promise<never>
  /** Flushes, commits and leaves the group; gives up at once what only waits for a server. */
  close(): Promise<void>
}

/** A consumer on its way or at work: it starts in the background, so that a storage that is away holds up nothing else. */
export function runConsumer(
  config: Config,
  topics: Topics,
  openSink: OpenSink,
  logger: Logger,
  metricsOf: MetricsOf,
): RunningConsumer {
  const closing = new AbortController()
  let running: Consumer | undefined
  const consumer = open()
  async function open(): Promise<Consumer> {
    const sink = await openSink(config, logger, closing.signal)
    const reader = topics.reader(sink.name)
    const deadLetters = topics.deadLetters()
    const metrics = metricsOf(sink.name)
    const opened = createConsumer({ reader, sink, deadLetters, metrics, logger, closeTimeoutMs })
    closing.signal.addEventListener('abort', () => void opened.close())
    await opened.start()
    running = opened
    logger.info({ topic: config.topic, sink: sink.name }, 'consuming')
    return opened
  }
  const died = consumer.then(async opened => {
    await opened.done
    return new Promise<never>(() => {})
  })
  died.catch(() => {})
  return {
    died,
    trouble() {
      if (!running) return 'the storage or the topic has not been reached yet'
      const [halted] = running.halted
      return halted && `partition ${halted.partition} is halted: ${halted.halted}`
    },
    async close() {
      closing.abort(new Error('closing'))
      const opened = await consumer.catch(() => undefined)
      await opened?.close()
    },
  }
}
