import type { Admin } from 'kafkajs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { kafkaClient } from '../../topic/kafka/connect.ts'
import { type BrokerCluster, startBrokerCluster } from '../support/broker-cluster.ts'
import { collectUnderLoad, endAll, expectDelivered, type UnderLoad } from '../support/collector-under-load.ts'
import { until } from '../support/until.ts'

/** What the collector acknowledges while partitions change their leader; replication factor 3, min.insync.replicas 2. */
describe('a collector on three brokers', () => {
  let cluster: BrokerCluster
  let admin: Admin
  const started: UnderLoad[] = []

  async function underLoad(): Promise<UnderLoad> {
    const one = await collectUnderLoad(cluster)
    started.push(one)
    return one
  }

  async function partitionsOf(topic: string) {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    return topics[0]?.partitions ?? []
  }

  async function untilInSync(topic: string): Promise<void> {
    await until(async () => (await partitionsOf(topic)).every(({ isr }) => isr.length === 3), {
      what: 'three replicas in sync',
      timeoutMs: 60_000,
      everyMs: 500,
    })
  }

  beforeAll(async () => {
    cluster = await startBrokerCluster(3)
    admin = kafkaClient({ brokers: cluster.direct.split(',') }).admin({ retry: { retries: 20 } })
    await admin.connect()
  })
  afterEach(() => endAll(started.splice(0)))
  afterAll(async () => {
    await admin?.disconnect()
    await cluster?.close()
  })

  it('loses nothing acknowledged when leaders are moved', async () => {
    const one = await underLoad()
    await untilInSync(one.topic)
    const before = await partitionsOf(one.topic)
    // a leader that leaves the replicas’ list hands over; two replicas are enough to append
    const partitionAssignment = before.map(({ partitionId, leader }) => ({
      partition: partitionId,
      replicas: [1, 2, 3].filter(id => id !== leader),
    }))
    await admin.alterPartitionReassignments({ topics: [{ topic: one.topic, partitionAssignment }] })
    await until(
      async () => {
        const now = await partitionsOf(one.topic)
        return now.every(({ partitionId, leader }) => {
          const was = before.find(partition => partition.partitionId === partitionId)
          return leader >= 0 && leader !== was?.leader
        })
      },
      { what: 'other leaders', timeoutMs: 60_000, everyMs: 200 },
    )
    await expectDelivered(one)
  })

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'loses nothing acknowledged when a leader ends by %s and comes back',
    async signal => {
      const one = await underLoad()
      await untilInSync(one.topic)
      const leader = (await partitionsOf(one.topic))[0]?.leader ?? 0
      await cluster.node(leader).end(signal)
      await until(async () => (await partitionsOf(one.topic)).every(now => now.leader > 0 && now.leader !== leader), {
        what: 'leaders for all partitions without the broker',
        timeoutMs: 60_000,
        everyMs: 200,
      })
      await expectDelivered(one)
      await cluster.node(leader).start()
      await untilInSync(one.topic)
      expect(one.collector.isWell()).toBe(true)
    },
  )
})
