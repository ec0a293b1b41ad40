import type { Admin } from 'kafkajs'
import { until } from '../../support/until.ts'

const firstPartitions = 3
const maxMessageBytes = 4 * 1_048_576

export interface TopicsOptions {
  topic: string
  replicationFactor: number
}

/** Makes a topic and its dead letters; resolves when both are there. */
export async function makeTopics(admin: Admin, { topic, replicationFactor }: TopicsOptions): Promise<void> {
  const configEntries = [
    { name: 'message.timestamp.type', value: 'LogAppendTime' },
    { name: 'max.message.bytes', value: String(maxMessageBytes) },
  ]
  const topics = [
    { topic, numPartitions: firstPartitions, replicationFactor, configEntries },
    { topic: `${topic}-dlq`, numPartitions: 1, replicationFactor, configEntries },
  ]
  // kafkajs's own waiting fails where a broker does not know the topic yet.
  await admin.createTopics({ topics, waitForLeaders: false })
  const isThere = async () => {
    await admin.fetchTopicOffsets(`${topic}-dlq`)
    return (await admin.fetchTopicOffsets(topic)).length === firstPartitions
  }
  await until(() => isThere().catch(() => false), { what: 'the topics to be there', everyMs: 200 })
}

/** Deletes both and makes them again, empty. */
export async function makeTopicsAgain(admin: Admin, options: TopicsOptions): Promise<void> {
  const topics = [options.topic, `${options.topic}-dlq`]
  await admin.deleteTopics({ topics })
  const isGone = async () => !(await admin.listTopics()).some(name => topics.includes(name))
  await until(isGone, { what: 'the topics to be gone', everyMs: 200 })
  await makeTopics(admin, options)
}
