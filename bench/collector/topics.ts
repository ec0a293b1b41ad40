import { Kafka, logLevel } from 'kafkajs'
import { runClicktrail } from '../../test/support/clicktrail.ts'

/** Makes a topic the way an operator does. Throws with what the command printed. */
export async function makeTopic(brokers: string, topic: string, replicas: 1 | 2 = 1): Promise<void> {
  const { code, output } = await runClicktrail({
    args: ['topics', 'apply', '--partitions', '3', '--replication-factor', String(replicas)],
    env: { KAFKA_BROKERS: brokers, CLICKTRAIL_TOPIC: topic },
  })
  if (code !== 0) throw new Error(`clicktrail topics apply ended with ${code}:\n${output}`)
}

const client = (brokers: string) => new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING })

/** How many records a topic has taken since it was made. */
export async function recordsOn(brokers: string, topic: string): Promise<number> {
  const admin = client(brokers).admin()
  await admin.connect()
  try {
    const offsets = await admin.fetchTopicOffsets(topic)
    return offsets.reduce((sum, { high }) => sum + Number(high), 0)
  } finally {
    await admin.disconnect()
  }
}

/** Some of the values that are on a topic now, as text. Waits 20 s for them. */
export async function valuesOn(brokers: string, topic: string, count: number): Promise<string[]> {
  const consumer = client(brokers).consumer({ groupId: `bench-${Math.random()}` })
  await consumer.connect()
  const values: string[] = []
  try {
    await consumer.subscribe({ topic, fromBeginning: true })
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${topic} holds fewer than ${count} records`)), 20_000)
      const eachMessage = async ({ message }: { message: { value: Buffer | null } }) => {
        values.push(message.value?.toString() ?? '')
        if (values.length < count) return
        clearTimeout(timer)
        resolve()
      }
      consumer.run({ autoCommit: false, eachMessage }).catch(reject)
    })
    return values
  } finally {
    await consumer.disconnect()
  }
}
