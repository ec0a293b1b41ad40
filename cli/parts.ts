import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { type Collector, createCollector } from '../collector/collector.ts'
import { type Consumer, createConsumer } from '../consumers/consumer.ts'
import { elasticsearchClient } from '../consumers/elasticsearch/client.ts'
import { setupElasticsearch } from '../consumers/elasticsearch/setup.ts'
import { createElasticsearchSink } from '../consumers/elasticsearch/sink.ts'
import { connectHdfs } from '../consumers/hdfs/connect.ts'
import { createLocalStore } from '../consumers/hdfs/local/store.ts'
import { createHdfsSink } from '../consumers/hdfs/sink.ts'
import type { Sink } from '../consumers/sink.ts'
import { openEmbeddedLog } from '../topic/embedded/log.ts'
import { kafkaClient } from '../topic/kafka/connect.ts'
import { createKafkaReader } from '../topic/kafka/reader.ts'
import { createKafkaWriter } from '../topic/kafka/writer.ts'
import type { TopicReader, TopicWriter } from '../topic/topic.ts'
import { checkout } from './checkout.ts'
import type { Config } from './config.ts'
import { visitorSecret } from './visitor-secret.ts'

/** The two logs of a Clicktrail, wherever they lie. */
export interface Topics {
  /** A new writer to the topic, acknowledged as configured. */
  writer(): TopicWriter
  /** A new member of the group `<topic>-<sink>`. */
  reader(sink: string): TopicReader
  /** A new writer to the dead letters: always acks=all. */
  deadLetters(): TopicWriter
  close(): Promise<void>
}

/** Kafka where brokers are configured, else the embedded topic in the data folder. */
export async function openTopics(config: Config, logger: Logger): Promise<Topics> {
  const { topic } = config
  const deadLetterTopic = `${topic}-dlq`
  if (config.kafka) {
    const kafka = kafkaClient({ ...config.kafka, clientId: 'clicktrail', logger })
    return {
      writer: () => createKafkaWriter(kafka, { topic, acks: config.acks, logger }),
      reader: sink => createKafkaReader(kafka, { topic, group: `${topic}-${sink}`, logger }),
      deadLetters: () => createKafkaWriter(kafka, { topic: deadLetterTopic, acks: -1, logger }),
      close: async () => {},
    }
  }
  const log = await openEmbeddedLog({ dir: join(config.dataDir, 'topic'), topic, logger })
  const deadLetterLog = await openEmbeddedLog({
    dir: join(config.dataDir, 'topic-dlq'),
    topic: deadLetterTopic,
    logger,
  })
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
  return createCollector({
    writer: topics.writer(),
    script: readFileSync(new URL('sdk/dist/clicktrail.js', checkout)),
    origins: config.origins,
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
    logger,
  })
}

/** The sink that writes files: to HDFS where it is configured (waits for it), else to `<data>/events`. */
export async function openHdfsSink(config: Config, logger: Logger): Promise<Sink> {
  const { urls, user, path } = config.hdfs
  const store = urls ? await connectHdfs({ urls, user, path, logger }) : createLocalStore({ dir: config.eventsDir })
  const { flush, format, generation, topic } = config
  return createHdfsSink({ store, topic, format, generation, ...flush, logger })
}

/** The sink that writes documents; the server gets its templates first. */
export function openElasticsearchSink(config: Config, urls: string[], logger: Logger): Sink {
  const { index, credentials } = config.elasticsearch
  const client = elasticsearchClient({ urls, ...credentials })
  return createElasticsearchSink({
    client,
    topic: config.topic,
    index,
    logger,
    setup: () => setupElasticsearch(client, { index }),
  })
}

export function openConsumer(topics: Topics, sink: Sink, logger: Logger): Consumer {
  return createConsumer({ reader: topics.reader(sink.name), sink, deadLetters: topics.deadLetters(), logger })
}
