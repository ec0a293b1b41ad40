import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { openEmbeddedLog } from '../../topic/embedded/log.ts'
import { type KafkaOptions, kafkaClient } from '../../topic/kafka/connect.ts'
import { createKafkaReader } from '../../topic/kafka/reader.ts'
import { createKafkaWriter } from '../../topic/kafka/writer.ts'
import type { TopicReader, TopicWriter } from '../../topic/topic.ts'
import { type Config, ConfigError } from '../config/config.ts'

/** The two logs of a Clicktrail, wherever they lie. */
export interface Topics {
  /** A new writer to the topic, acknowledged as configured. */
  writer(): TopicWriter
  /** A new member of the group `<topic>-<sink>`. */
  reader(sink: string): TopicReader
  /** A new writer to the topic for what is replayed: always acks=all. */
  replays(): TopicWriter
  /** A new writer to the dead letters: always acks=all. */
  deadLetters(): TopicWriter
  /** A new reader of the dead letters. The member of the group `<topic>-dlq` that replays them, or one that only looks at them: on brokers in a group of its own, in the data folder in none. */
  deadLetterReader(purpose: 'replay' | 'look'): TopicReader
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
    replays: () => open(topic, -1),
    deadLetters: () => open(`${topic}-dlq`, -1),
    deadLetterReader(purpose) {
      // Without a commit the brokers forget a group when it is left.
      const group = purpose === 'replay' ? `${topic}-dlq` : `${topic}-dlq-look-${randomUUID().slice(0, 8)}`
      return createKafkaReader(kafka, { topic: `${topic}-dlq`, group, logger })
    },
    close: async () => {
      await Promise.all(writers.map(writer => writer.close()))
    },
  }
}

/** As `topics apply` has it: a dead letter is a whole record with its headers, and is kept until somebody looks. */
const deadLetterLimits = { maxRecordBytes: 2_097_152, retentionMs: 30 * 86_400_000 }

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
  const deadLetterLog = openEmbeddedLog({ dir, topic: `${topic}-dlq`, ...deadLetterLimits, logger })
  return {
    writer: () => log.writer(),
    reader: sink => log.reader(`${topic}-${sink}`),
    replays: () => log.writer(),
    deadLetters: () => deadLetterLog.writer(),
    // One that looks must be no group: retention would wait for its commits for ever.
    deadLetterReader: purpose => deadLetterLog[purpose === 'replay' ? 'reader' : 'onlooker'](`${topic}-dlq`),
    close: async () => {
      await log.close()
      await deadLetterLog.close()
    },
  }
}
