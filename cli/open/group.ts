import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openEmbeddedLog } from '../../topic/embedded/log.ts'
import { embeddedStoppedGroup } from '../../topic/embedded/stopped-group.ts'
import { kafkaClient } from '../../topic/kafka/connect.ts'
import { kafkaStoppedGroup } from '../../topic/kafka/stopped-group.ts'
import type { StoppedGroup } from '../../topic/stopped-group.ts'
import { type Config, ConfigError } from '../config/config.ts'

/** The group of a writer that has ended, on Kafka or in the data folder. @throws ConfigError where there is no topic, or was no writer */
export async function openGroup(
  { topic, dataDir, kafka }: Config,
  sink: 'hdfs' | 'elasticsearch',
): Promise<StoppedGroup> {
  const group = `${topic}-${sink}`
  if (kafka) return kafkaStoppedGroup(kafkaClient(kafka), { topic, group })
  const dir = join(dataDir, 'topic')
  if (existsSync(join(dir, topic))) {
    const log = openEmbeddedLog({ dir, topic })
    if (log.groups().includes(group)) return embeddedStoppedGroup(log, group)
    await log.close()
    // To ask in its name would make it one that retention waits for.
    throw new ConfigError([`--sink is ${sink}, but no such writer has ever read the topic ${topic} in ${dir}`])
  }
  throw new ConfigError([
    `CLICKTRAIL_DATA_DIR is ${dataDir}, where no topic ${topic} lies: set it, CLICKTRAIL_TOPIC, or KAFKA_BROKERS to where the records are`,
  ])
}
