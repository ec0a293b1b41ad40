import kafkajs, { type Admin, type Kafka } from 'kafkajs'
import { topicErrorOf } from './error.ts'

/** Asks over a connection of its own, which is closed afterwards. Rejects with a TopicError that names the operation. */
export async function withAdmin<T>(kafka: Kafka, operation: string, ask: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    return await ask(admin)
  } catch (error) {
    throw topicErrorOf(error, operation)
  } finally {
    await admin.disconnect().catch(() => {})
  }
}

/** By number; none where there is no such topic. */
export async function partitionsOf(admin: Admin, topic: string) {
  if (!(await admin.listTopics()).includes(topic)) return []
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
  return (topics[0]?.partitions ?? []).toSorted((a, b) => a.partitionId - b.partitionId)
}

/** For people: what is dangerous in the settings of these brokers. */
export async function clusterWarnings(admin: Admin, brokers: readonly { nodeId: number }[]): Promise<string[]> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: brokers.map(({ nodeId }) => ({
      type: kafkajs.ConfigResourceTypes.BROKER,
      name: String(nodeId),
      configNames: ['auto.create.topics.enable'],
    })),
  })
  return resources
    .filter(({ configEntries }) => configEntries.some(({ configValue }) => configValue === 'true'))
    .map(
      ({ resourceName }) =>
        `broker ${resourceName} has auto.create.topics.enable=true: other clients may make topics with the wrong settings; set it to false`,
    )
}
