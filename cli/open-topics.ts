import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { openEmbeddedLog } from '../topic/embedded/log.ts'
import { type KafkaOptions, kafkaClient } from '../topic/kafka/connect.ts'
import { createKafkaReader } from '../topic/kafka/reader.ts'
import { createKafkaWriter } from '../topic/kafka/writer.ts'
import type { TopicReader, TopicWriter } from '../topic/topic.ts'
import { type Config, ConfigError } from './config.ts'

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
