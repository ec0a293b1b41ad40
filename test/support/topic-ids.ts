import { randomUUID } from 'node:crypto'
import type { Consumer } from 'kafkajs'
import { z } from 'zod'
import { kafkaClient } from '../../topic/kafka/connect.ts'
import { until } from './until.ts'

export interface TopicIdsOptions {
  brokers: string
  topic: string
  /** Ids to wait for. @default none: what is there now */
  wanted?: ReadonlySet<string>
  /** How long to wait for them, milliseconds. @default 60000 */
  timeoutMs?: number
}

const record = z.object({ event: z.object({ id: z.string() }) })

/**
 * Reads a topic from its beginning to its end. Resolves with how many copies of each event lie on it, once all that are
 * wanted were seen, or without those that did not come in time. A record that is not ours is an error.
 */
export async function topicIds(options: TopicIdsOptions): Promise<Map<string, number>> {
  const { brokers, topic, wanted = new Set(), timeoutMs = 60_000 } = options
  const kafka = kafkaClient({ brokers: brokers.split(',') })
  const admin = kafka.admin({ retry: { retries: 20 } })
  const groupId = `topic-ids-${randomUUID()}`
  // its `disconnect` waits for the fetch that is under way
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 200, retry: { retries: 20 } })
  try {
    await admin.connect()
    const copies = new Map<string, number>()
    const next = new Map<number, number>()
    await read(consumer, topic, copies, next)
    const isComplete = async () => {
      for (const id of wanted) if (!copies.has(id)) return false
      const offsets = await admin.fetchTopicOffsets(topic)
      return offsets.every(({ partition, high, low }) => high === low || (next.get(partition) ?? 0) >= Number(high))
    }
    await until(isComplete, { what: 'the ids on the topic', timeoutMs, everyMs: 200 }).catch(error => {
      if (wanted.size === 0) throw error
    })
    return copies
  } finally {
    await Promise.allSettled([consumer.disconnect(), admin.disconnect()])
  }
}

async function read(consumer: Consumer, topic: string, copies: Map<string, number>, next: Map<number, number>) {
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      for (const { value } of batch.messages) {
        const { id } = record.parse(JSON.parse(String(value))).event
        copies.set(id, (copies.get(id) ?? 0) + 1)
      }
      next.set(batch.partition, Number(batch.lastOffset()) + 1)
    },
  })
}
