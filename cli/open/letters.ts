import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type LetterLog, openLetterLog } from '../../consumers/dlq/letter-log.ts'
import { adminSession } from '../../topic/kafka/admin-session.ts'
import { type KafkaOptions, kafkaClient } from '../../topic/kafka/connect.ts'
import { groupOffsets } from '../../topic/kafka/group-offsets.ts'
import { kafkaStoppedGroup } from '../../topic/kafka/stopped-group.ts'
import { TopicError } from '../../topic/topic.ts'
import { type Config, ConfigError } from '../config/config.ts'
import { createLog } from '../process/log.ts'
import { reach } from './reach.ts'
import { openTopics, type Topics } from './topics.ts'

export interface Letters {
  log: LetterLog
  topics: Topics
  close(): Promise<void>
}

/**
 * The dead letters for a command: to look at them, or to replay them as the only member of their group. Rejects with what to do where
 * they can't be had; never makes a topic.
 */
export async function openLetters(config: Config, purpose: 'replay' | 'look'): Promise<Letters> {
  const { kafka, topic, dataDir } = config
  const logger = createLog('warn')
  if (kafka) await requireTopic(config, kafka, purpose)
  else if (!existsSync(join(dataDir, 'topic', `${topic}-dlq`)))
    throw new ConfigError([
      `CLICKTRAIL_DATA_DIR is ${dataDir}, where no topic ${topic}-dlq lies: set it, CLICKTRAIL_TOPIC, or KAFKA_BROKERS to where the dead letters are`,
    ])
  const topics = openTopics(config, logger)
  const committed = kafka && commitsOf(config, kafka)
  try {
    const reader = topics.deadLetterReader(purpose)
    const log = await openLetterLog({ reader, ...(committed ? { committed: committed.of } : {}) })
    const close = async () => {
      await log.close()
      await Promise.all([topics.close(), committed?.close()])
    }
    return { log, topics, close }
  } catch (error) {
    await Promise.all([topics.close(), committed?.close()])
    throw error
  }
}

/** That the topic is there, and nobody else replays. */
async function requireTopic({ topic }: Config, kafka: KafkaOptions, purpose: 'replay' | 'look'): Promise<void> {
  const group = kafkaStoppedGroup(kafkaClient(kafka), { topic: `${topic}-dlq`, group: `${topic}-dlq` })
  try {
    const there = group.bounds(0).catch(error => {
      if (!(error instanceof TopicError && error.code === 'topic_missing')) throw error
      throw new TopicError(
        'closed',
        `there is no topic ${topic}-dlq: is CLICKTRAIL_TOPIC right? It is made by "clicktrail topics apply"`,
      )
    })
    await reach('KAFKA_BROKERS', kafka.brokers, there)
    if (purpose === 'replay') await group.requireStopped()
  } finally {
    await group.close()
  }
}

function commitsOf({ topic }: Config, kafka: KafkaOptions) {
  const session = adminSession(kafkaClient(kafka))
  const offsets = groupOffsets(session, `${topic}-dlq`, `${topic}-dlq`)
  return {
    of: async (partition: number) => (await offsets.committed()).get(partition),
    close: () => session.close(),
  }
}
