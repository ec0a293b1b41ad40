import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Admin } from 'kafkajs'
import type { Logger } from 'pino'
import { TopicError, type TopicErrorCode } from '../topic.ts'
import type { AdminSession } from './admin-session.ts'
import { backoffMs } from './backoff.ts'
import { topicErrorOf } from './error.ts'

export interface TopicFacts {
  partitions: number
  /** The topic's `max.message.bytes`: of a whole batch as sent. Undefined when we may not ask. */
  maxMessageBytes: number | undefined
  /** The topic's `message.timestamp.type`: `LogAppendTime` or `CreateTime`. Undefined when we may not ask. */
  timestampType: string | undefined
}

/** Looks the topic up once. Rejects with `topic_missing`, or `unavailable` while no partition has a leader. */
export async function lookUpTopic(admin: Admin, topic: string): Promise<TopicFacts> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
  const partitions = topics.find(({ name }) => name === topic)?.partitions ?? []
  if (partitions.length === 0) throw new TopicError('topic_missing', `${topic} does not exist`)
  if (partitions.every(({ leader }) => leader < 0)) {
    throw new TopicError('unavailable', `no partition of ${topic} has a leader`)
  }
  const settings = await settingsOf(admin, topic)
  const maxMessageBytes = Number(settings.get('max.message.bytes'))
  return {
    partitions: partitions.length,
    maxMessageBytes: maxMessageBytes > 0 ? maxMessageBytes : undefined,
    timestampType: settings.get('message.timestamp.type'),
  }
}

async function settingsOf(admin: Admin, topic: string): Promise<Map<string, string>> {
  const configNames = ['max.message.bytes', 'message.timestamp.type']
  try {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames }],
    })
    const entries = resources[0]?.configEntries ?? []
    return new Map(entries.map(({ configName, configValue }) => [configName, configValue]))
  } catch (error) {
    // A producer without the right to describe configurations is usual (ACLs): the defaults must do.
    if (topicErrorOf(error, 'describe').code === 'unauthorized') return new Map()
    throw error
  }
}

const advice: Partial<Record<TopicErrorCode, string>> = {
  topic_missing: 'the topic does not exist: run `clicktrail topics apply`; waiting for it',
  unauthorized: 'the brokers refuse our credentials or rights; trying again',
}

export interface AwaitTopicOptions {
  session: AdminSession
  topic: string
  signal: AbortSignal
  logger: Logger | undefined
  /** Codes to reject with instead of trying again. */
  giveUpOn?: readonly TopicErrorCode[]
  /** Told of each attempt that failed. */
  onFailure?: (error: TopicError) => void
}

/** Tries for ever, with back-off, until the topic is known; a change of the reason is logged once. Rejects when aborted. */
export async function awaitTopic(options: AwaitTopicOptions): Promise<TopicFacts> {
  const { session, topic, signal, logger, giveUpOn = [], onFailure } = options
  let said: TopicErrorCode | undefined
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted()
    try {
      const facts = await session.run(`look up ${topic}`, admin => lookUpTopic(admin, topic))
      if (said) logger?.info({ topic, partitions: facts.partitions }, 'the topic is there')
      return facts
    } catch (error) {
      const failure = topicErrorOf(error, `look up ${topic}`)
      if (giveUpOn.includes(failure.code)) throw failure
      onFailure?.(failure)
      if (said !== failure.code) {
        const message = advice[failure.code] ?? 'the brokers are not reachable; trying again'
        logger?.warn({ topic, code: failure.code, err: failure }, message)
      }
      said = failure.code
    }
    await sleep(backoffMs(attempt), undefined, { signal })
  }
}
