import { randomUUID } from 'node:crypto'
import type { Kafka } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applyTopics } from '../../topic/kafka/admin.ts'
import { kafkaClient } from '../../topic/kafka/connect.ts'
import { describeTopics } from '../../topic/kafka/describe-topics.ts'
import { createKafkaReader } from '../../topic/kafka/reader.ts'
import { createKafkaWriter } from '../../topic/kafka/writer.ts'
import { TopicError } from '../../topic/topic.ts'
import { type BrokerCluster, startBrokerCluster } from '../support/broker-cluster.ts'
import type { BrokerNode } from '../support/broker-node.ts'
import { eventually, follow, offsetsBetween, recordsOf } from '../support/describe-topic.ts'

const partitions = [0, 1, 2]

/** Appends numbered records to every partition, one at a time, until it is stopped; each may fail, and is then left. */
function appendUntilStopped(kafka: Kafka, topic: string) {
  const writer = createKafkaWriter(kafka, { topic, acks: -1, path: 'direct' })
  const acknowledged = partitions.map((): string[] => [])
  const failures: unknown[] = []
  let slowestMs = 0
  let stopped = false
  const running = Promise.all(
    partitions.map(async partition => {
      await writer.ready()
      for (let n = 0; !stopped; n++) {
        const started = Date.now()
        try {
          await writer.append(partition, recordsOf(`${partition}-${n}`))
          acknowledged[partition]?.push(`${partition}-${n}`)
        } catch (error) {
          failures.push(error)
          await new Promise(resolve => setTimeout(resolve, 20))
        }
        slowestMs = Math.max(slowestMs, Date.now() - started)
      }
    }),
  )
  return {
    counts: () => acknowledged.map(({ length }) => length),
    async stop() {
      stopped = true
      await running
      await writer.close()
      return { acknowledged, failures, slowestMs }
    },
  }
}

/** Every value on the topic. */
async function valuesOf(kafka: Kafka, topic: string): Promise<Set<string>> {
  const reader = createKafkaReader(kafka, { topic, group: topic })
  const follower = follow()
  await reader.start(follower)
  for (const partition of partitions) {
    const { high } = await reader.bounds(partition)
    await eventually(() => expect(follower.offsets(partition)).toEqual(offsetsBetween(0, high)))
  }
  await reader.close()
  return new Set(
    partitions.flatMap(partition => (follower.delivered.get(partition) ?? []).map(({ value }) => String(value))),
  )
}

describe('createKafkaWriter on three brokers', () => {
  let cluster: BrokerCluster
  let kafka: Kafka

  beforeAll(async () => {
    cluster = await startBrokerCluster(3)
    kafka = kafkaClient({ brokers: cluster.direct.split(',') })
  })
  afterAll(() => cluster.close())

  test.each<[string, (leader: BrokerNode) => Promise<void>, (leader: BrokerNode) => Promise<void>]>([
    ['is stopped', leader => leader.end('SIGTERM'), leader => leader.start()],
    ['is killed', leader => leader.end('SIGKILL'), leader => leader.start()],
    ['freezes', async leader => leader.suspend(), async leader => leader.resume()],
  ])('keeps what it acknowledged and goes on with a new leader when one %s', async (_, fail, recover) => {
    const topic = `topic-faults-${randomUUID()}`
    await applyTopics(kafka, { topic, partitions: partitions.length, replicationFactor: 3 })
    const { topics } = await describeTopics(kafka, { topic })
    const leader = cluster.node(topics[0]?.partitions[0]?.leader ?? 0)
    const load = appendUntilStopped(kafka, topic)
    const grown = (from: number[]) =>
      eventually(() => expect(load.counts().every((count, index) => count > (from[index] ?? 0) + 50)).toBe(true))
    await grown([0, 0, 0])
    await fail(leader)
    await grown(load.counts())
    await recover(leader)
    await grown(load.counts())
    const { acknowledged, failures, slowestMs } = await load.stop()
    const present = await valuesOf(kafka, topic)
    expect(acknowledged.flat().filter(value => !present.has(value))).toEqual([])
    expect(failures.filter(error => !(error instanceof TopicError && error.code === 'unavailable'))).toEqual([])
    expect(slowestMs).toBeLessThan(5_500)
  })

  test('says that a replica is slow, not that the leader is gone', async () => {
    const topic = `topic-slow-replica-${randomUUID()}`
    await applyTopics(kafka, { topic, partitions: 2, replicationFactor: 3 })
    const { topics } = await describeTopics(kafka, { topic })
    const [first] = topics[0]?.partitions ?? []
    const writer = createKafkaWriter(kafka, { topic, acks: -1, path: 'direct' })
    await writer.ready()
    await writer.append(0, recordsOf('a'))
    const follower = cluster.node(first?.replicas.find(id => id !== first.leader) ?? 0)
    follower.suspend()
    try {
      await expect(writer.append(0, recordsOf('b'))).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('REQUEST_TIMED_OUT'),
      })
    } finally {
      follower.resume()
    }
    await eventually(() => writer.append(0, recordsOf('c')))
    await writer.close()
  })
})
