import { randomUUID } from 'node:crypto'
import type { Kafka } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applyTopics } from '../../topic/kafka/admin.ts'
import { kafkaClient } from '../../topic/kafka/connect.ts'
import { describeTopics } from '../../topic/kafka/describe-topics.ts'
import { createKafkaReader } from '../../topic/kafka/reader.ts'
import { createKafkaWriter } from '../../topic/kafka/writer.ts'
import { type BrokerCluster, startBrokerCluster } from '../support/broker-cluster.ts'
import { eventually, follow, recordsOf } from '../support/describe-topic.ts'

const paths = ['direct', 'stock'] as const

/** Three brokers, partitions of one replica each, and one broker that is gone for good: some partitions have no leader. */
describe('a topic that has lost a broker', () => {
  const topic = `leaderless-${randomUUID()}`
  let cluster: BrokerCluster
  let kafka: Kafka
  let away: number[]
  let left: number[]
  let running: ReturnType<typeof createKafkaReader>
  const seenByRunning = follow()
  const closing: { close(): Promise<void> }[] = []

  const valuesOf = (follower: ReturnType<typeof follow>, partition: number) =>
    (follower.delivered.get(partition) ?? []).map(({ value }) => String(value))

  async function partitionsOf() {
    const { topics } = await describeTopics(kafka, { topic })
    return topics[0]?.partitions ?? []
  }

  beforeAll(async () => {
    cluster = await startBrokerCluster(3)
    kafka = kafkaClient({ brokers: cluster.direct.split(',') })
    await applyTopics(kafka, { topic, partitions: 6, replicationFactor: 1 })
    const partitions = await partitionsOf()
    const victim = partitions[0]?.leader ?? 0
    away = partitions.filter(({ leader }) => leader === victim).map(({ partition }) => partition)
    left = partitions.filter(({ leader }) => leader !== victim).map(({ partition }) => partition)
    running = createKafkaReader(kafka, { topic, group: `${topic}-running` })
    closing.push(running)
    await running.start(seenByRunning)
    await cluster.node(victim).end('SIGKILL')
    await eventually(async () => {
      const leaderless = (await partitionsOf()).filter(({ leader }) => leader < 0)
      expect(leaderless.map(({ partition }) => partition)).toEqual(away)
    })
  })
  afterAll(async () => {
    await Promise.all(closing.map(one => one.close()))
    await cluster?.close()
  })

  test.each(paths)('takes a new writer, and its records for the other partitions: %s', async path => {
    const writer = createKafkaWriter(kafka, { topic, acks: 1, path })
    closing.push(writer)
    await writer.ready()
    for (const partition of left) await writer.append(partition, recordsOf(path))
    expect(writer.partitions()).toBe(6)
    const started = Date.now()
    const outcomes = await Promise.allSettled(away.map(partition => writer.append(partition, recordsOf('never'))))
    expect(outcomes).toMatchObject(away.map(() => ({ status: 'rejected', reason: { code: 'unavailable' } })))
    expect(Date.now() - started).toBeLessThan(5_000)
    for (const partition of left) await writer.append(partition, recordsOf('after'))
  })

  test('is read on: by a reader that was there, and by one that comes', async () => {
    const late = createKafkaReader(kafka, { topic, group: `${topic}-late` })
    closing.push(late)
    const seenByLate = follow()
    await late.start(seenByLate)
    for (const partition of left) {
      for (const follower of [seenByRunning, seenByLate]) {
        await eventually(() => expect(valuesOf(follower, partition)).toEqual(['direct', 'after', 'stock', 'after']))
      }
    }
    const [none = 0] = away
    await expect(late.bounds(none)).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('is described', async () => {
    const { topics, warnings } = await describeTopics(kafka, { topic })
    expect(topics[0]?.partitions).toHaveLength(6)
    for (const partition of away) {
      expect(warnings).toContainEqual(expect.stringContaining(`${topic}/${partition} has no leader`))
    }
  })

  test('is whole again when the broker is back', async () => {
    await Promise.all(cluster.nodes.map(node => node.end('SIGKILL')))
    await Promise.all(cluster.nodes.map(node => node.start()))
    for (const path of paths) {
      const writer = createKafkaWriter(kafka, { topic, acks: 1, path })
      closing.push(writer)
      for (const partition of away) await eventually(() => writer.append(partition, recordsOf('back')))
    }
    for (const partition of away) {
      await eventually(() => expect(valuesOf(seenByRunning, partition)).toContain('back'))
    }
  })
})
