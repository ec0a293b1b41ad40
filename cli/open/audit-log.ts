import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { AuditedStore } from '../../consumers/audit/finding.ts'
import type { AuditLog, KeptLetters } from '../../consumers/audit/log.ts'
import { type Letter, letterOf } from '../../consumers/dlq/letter.ts'
import { type LetterLog, openLetterLog } from '../../consumers/dlq/letter-log.ts'
import { adminSession } from '../../topic/kafka/admin-session.ts'
import { type KafkaOptions, kafkaClient } from '../../topic/kafka/connect.ts'
import { type GroupOffsets, groupOffsets } from '../../topic/kafka/group-offsets.ts'
import { type Bounds, TopicError, type TopicReader } from '../../topic/topic.ts'
import { type Config, ConfigError } from '../config/config.ts'
import { createLog } from '../process/log.ts'
import { reach } from './reach.ts'
import { openTopics, type Topics } from './topics.ts'

/** What is asked of a log without reading it. */
type Offsets = Pick<AuditLog, 'bounds' | 'committed' | 'at'> & { close(): Promise<void> }

/** The topic and its dead letters, on the brokers or in the data folder. A record is read only when somebody asks for one. */
export async function openAuditLog(config: Config): Promise<AuditLog> {
  const { topic, kafka, dataDir } = config
  if (!kafka && !existsSync(join(dataDir, 'topic', topic)))
    throw new ConfigError([
      `CLICKTRAIL_DATA_DIR is ${dataDir}, where no topic ${topic} lies: set it, CLICKTRAIL_TOPIC, or KAFKA_BROKERS to where the records are`,
    ])
  const topics = openTopics(config, createLog('warn'))
  const offsets = kafka ? brokersOffsets(topic, kafka) : await embeddedOffsets(topics)
  const opened: LetterLog[] = []
  const open = async (reader: TopicReader) => {
    const log = await openLetterLog({ reader })
    opened.push(log)
    return log
  }
  let records: Promise<LetterLog> | undefined
  return {
    topic,
    bounds: offsets.bounds,
    committed: offsets.committed,
    at: offsets.at,
    async *read(partition, span) {
      // A group without a commit is forgotten when it is left; one of its own in the data folder would hold up retention.
      records ??= open(topics.reader(kafka ? `audit-${randomUUID().slice(0, 8)}` : 'hdfs'))
      yield* (await records).read(partition, span)
    },
    async letters() {
      if (kafka && !(await hasDeadLetters(topic, kafka))) return { letters: noLetters(), cut: false }
      return keptIn(await open(topics.deadLetterReader('look')))
    },
    async close() {
      await Promise.all(opened.map(log => log.close()))
      await Promise.all([topics.close(), offsets.close()])
    },
  }
}

function brokersOffsets(topic: string, kafka: KafkaOptions): Offsets {
  const session = adminSession(kafkaClient(kafka))
  const of = (sink: string): GroupOffsets => groupOffsets(session, topic, `${topic}-${sink}`)
  const ask = <T>(answer: Promise<T>) =>
    reach(
      'KAFKA_BROKERS',
      kafka.brokers,
      answer.catch(error => {
        if (!isMissing(error)) throw error
        throw new TopicError('closed', `there is no topic ${topic}: is CLICKTRAIL_TOPIC right?`)
      }),
    )
  return {
    bounds: () => ask(of('hdfs').bounds()),
    committed: store => ask(of(store).committed()),
    at: timeMs => ask(of('hdfs').at(timeMs)),
    close: () => session.close(),
  }
}

async function embeddedOffsets(topics: Topics): Promise<Offsets> {
  const writer = topics.writer()
  await writer.ready()
  /** By a reader that is never started: it joins no group. There may be one of a group at a time. */
  async function each<T>(
    store: AuditedStore,
    ask: (reader: TopicReader, partition: number) => Promise<T | undefined>,
  ): Promise<Map<number, T>> {
    const reader = topics.reader(store)
    try {
      const answers = new Map<number, T>()
      for (let partition = 0; partition < writer.partitions(); partition++) {
        const answer = await ask(reader, partition)
        if (answer !== undefined) answers.set(partition, answer)
      }
      return answers
    } finally {
      await reader.close()
    }
  }
  return {
    bounds: () => each('hdfs', (reader, partition) => reader.bounds(partition)),
    committed: store => each(store, (reader, partition) => reader.committed(partition)),
    at: timeMs => each('hdfs', (reader, partition) => reader.offsetAt(partition, timeMs)),
    close: async () => {},
  }
}

async function hasDeadLetters(topic: string, kafka: KafkaOptions): Promise<boolean> {
  const session = adminSession(kafkaClient(kafka))
  try {
    await groupOffsets(session, `${topic}-dlq`, `${topic}-dlq`).bounds()
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  } finally {
    await session.close()
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof TopicError && error.code === 'topic_missing'
}

async function keptIn(log: LetterLog): Promise<KeptLetters> {
  const all: { partition: number; bounds: Bounds }[] = []
  for (const partition of log.partitions) all.push({ partition, bounds: await log.bounds(partition) })
  async function* read(): AsyncGenerator<Letter> {
    for (const { partition, bounds } of all)
      for await (const records of log.read(partition, { from: bounds.low, to: bounds.high }))
        for (const record of records) yield letterOf(partition, record)
  }
  return { letters: read(), cut: all.some(({ bounds }) => bounds.low > 0) }
}

async function* noLetters(): AsyncGenerator<Letter> {}
