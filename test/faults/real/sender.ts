import { setTimeout as wait } from 'node:timers/promises'
import type { Kafka } from 'kafkajs'

/** Appends to a topic through whatever happens to its brokers. */
export function createSender(kafka: Kafka, { topic, giveUpMs }: { topic: string; giveUpMs: number }) {
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    metadataMaxAge: 1_000,
    retry: { retries: 30, maxRetryTime: 1_000 },
  })

  /** Some of them may be so large that the topic takes no two in one batch. */
  async function send(partition: number, values: readonly (Buffer | null)[]): Promise<void> {
    const large = values.some(value => value !== null && value.length > 1_048_576)
    for (const run of large ? values.map(value => [value]) : [values]) await sendRun(partition, run)
  }

  /** As often as it takes: what was there already lies on the log twice, as a copy. */
  async function sendRun(partition: number, values: readonly (Buffer | null)[]): Promise<void> {
    const deadlineMs = Date.now() + giveUpMs
    for (;;) {
      try {
        await producer.connect()
        await producer.send({ topic, acks: -1, messages: values.map(value => ({ value, partition })) })
        return
      } catch (error) {
        if (Date.now() > deadlineMs) throw error
        await wait(500)
      }
    }
  }

  return { send, close: () => producer.disconnect() }
}
