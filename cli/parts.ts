import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errors } from '@elastic/elasticsearch'
import type { Logger } from 'pino'
import { type Collector, createCollector } from '../collector/collector.ts'
import { createMetrics } from '../collector/metrics.ts'
import { backoffMs, wait } from '../consumers/backoff.ts'
import { type Consumer, createConsumer } from '../consumers/consumer.ts'
import { elasticsearchClient } from '../consumers/elasticsearch/client.ts'
import { setupElasticsearch } from '../consumers/elasticsearch/setup.ts'
import { createElasticsearchSink } from '../consumers/elasticsearch/sink.ts'
import { connectHdfs } from '../consumers/hdfs/connect.ts'
import { createLocalStore } from '../consumers/hdfs/local/store.ts'
import { createHdfsSink } from '../consumers/hdfs/sink.ts'
import type { Sink } from '../consumers/sink.ts'
import { openEmbeddedLog } from '../topic/embedded/log.ts'
import { type KafkaOptions, kafkaClient } from '../topic/kafka/connect.ts'
import { createKafkaReader } from '../topic/kafka/reader.ts'
import { createKafkaWriter } from '../topic/kafka/writer.ts'
import type { TopicReader, TopicWriter } from '../topic/topic.ts'
import { checkout } from './checkout.ts'
import { type Config, ConfigError } from './config.ts'
import { openCollectorSpool } from './spool.ts'
import { version } from './version.ts'
import { visitorSecret } from './visitor-secret.ts'

/** The two logs of a Clicktrail, wherever they lie. */
export interface Topics {
  /** A new writer to the topic, acknowledged as configured. */
  writer(): TopicWriter
  /** A new member of the group `<topic>-<sink>`. */
  reader(sink: string): TopicReader
  /** A new writer to the dead letters: always acks=all. */
  deadLetters(): TopicWriter
  /** Closes every writer; readers are closed by their consumers. */
  close(): Promise<void>
}

/** Kafka where brokers are configured, else the embedded topic in the data folder. */
export function openTopics(config: Config, logger: Logger): Topics {
  return config.kafka ? kafkaTopics(config, config.kafka, logger) : embeddedTopics(config, logger)
}

function kafkaTopics({ topic, acks }: Config, options: KafkaOptions, logger: Logger): Topics {
  const kafka = kafkaClient({ ...options, clientId: 'clicktrail', logger })
  const writers: TopicWriter[] = []
  const open = (name: string, confirmedBy: 0 | 1 | -1) => {
    const writer = createKafkaWriter(kafka, { topic: name, acks: confirmedBy, logger })
    writers.push(writer)
    return writer
  }
  return {
    writer: () => open(topic, acks),
    reader: sink => createKafkaReader(kafka, { topic, group: `${topic}-${sink}`, logger }),
    deadLetters: () => open(`${topic}-dlq`, -1),
    close: async () => {
      await Promise.all(writers.map(writer => writer.close()))
    },
  }
}

function embeddedTopics({ topic, dataDir }: Config, logger: Logger): Topics {
  const dir = join(dataDir, 'topic')
  try {
    mkdirSync(dir, { recursive: true })
  } catch (error) {
    throw new ConfigError([
      `CLICKTRAIL_DATA_DIR is ${dataDir}, where nothing can be written: ${error instanceof Error ? error.message : error}`,
    ])
  }
  const log = openEmbeddedLog({ dir, topic, logger })
  const deadLetterLog = openEmbeddedLog({ dir, topic: `${topic}-dlq`, logger })
  return {
    writer: () => log.writer(),
    reader: sink => log.reader(`${topic}-${sink}`),
    deadLetters: () => deadLetterLog.writer(),
    close: async () => {
      await log.close()
      await deadLetterLog.close()
    },
  }
}

export function openCollector(config: Config, topics: Topics, logger: Logger): Collector {
  const debugScript = new URL('sdk/dist/clicktrail.debug.js', checkout)
  const writer = topics.writer()
  return createCollector({
    writer,
    spool: openCollectorSpool(config, writer, logger),
    script: readFileSync(new URL('sdk/dist/clicktrail.js', checkout)),
    debugScript: existsSync(debugScript) ? readFileSync(debugScript) : undefined,
    origins: config.origins,
    sites: config.sites,
    eventsPath: config.eventsPath,
    scriptPath: config.scriptPath,
    ip: config.ip,
    userAgent: config.userAgent,
    gpc: config.gpc,
    visitor:
      config.visitor === 'off'
        ? { mode: 'off' }
        : { mode: 'daily', secret: config.visitorSecret ?? visitorSecret(config.dataDir) },
    trustedProxies: config.trustedProxies,
    rateLimit: config.rateLimit,
    metrics: createMetrics({ version, process: true }),
    logger,
  })
}

/** Opens a sink: waits for a storage that is away, until `signal` aborts. */
export type OpenSink = (config: Config, logger: Logger, signal: AbortSignal) => Promise<Sink>

/** The sink that writes files: to HDFS where it is configured, else to `<data>/events`. */
export const openHdfsSink: OpenSink = async (config, logger, signal) => {
  const { urls, user, path } = config.hdfs
  const store = urls
    ? await connectHdfs({ urls, user, path, logger, signal })
    : createLocalStore({ dir: config.eventsDir })
  const { flush, format, generation, topic } = config
  return createHdfsSink({ store, topic, format, generation, ...flush, logger })
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

export interface RunningConsumer {
  /** Rejects when it has died for good. */
  died: Promise<never>
  /** Flushes, commits and leaves the group; gives up at once what only waits for a server. */
  close(): Promise<void>
}

/** A consumer on its way or at work: it starts in the background, so that a storage that is away holds up nothing else. */
export function runConsumer(config: Config, topics: Topics, openSink: OpenSink, logger: Logger): RunningConsumer {
  const closing = new AbortController()
  const consumer = open()
  async function open(): Promise<Consumer> {
    const sink = await openSink(config, logger, closing.signal)
    const reader = topics.reader(sink.name)
    const opened = createConsumer({ reader, sink, deadLetters: topics.deadLetters(), logger, closeTimeoutMs })
    closing.signal.addEventListener('abort', () => void opened.close())
    await opened.start()
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
    async close() {
      closing.abort(new Error('closing'))
      const opened = await consumer.catch(() => undefined)
      await opened?.close()
    },
  }
}
