import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { kafkaClient } from '../../topic/kafka/connect.ts'
import { createKafkaWriter } from '../../topic/kafka/writer.ts'
import { type BrokerCluster, startBrokerCluster } from '../support/broker-cluster.ts'
import type { BrokerNode } from '../support/broker-node.ts'
import {
  collectUnderLoad,
  endAll,
  expectDelivered,
  newTopic,
  type UnderLoad,
  untilMore,
} from '../support/collector-under-load.ts'
import { faultLengths } from '../support/fault-lengths.ts'
import { until } from '../support/until.ts'

/** What the collector acknowledges while its only broker, or the way to it, misbehaves. */
describe('a collector on one broker', () => {
  let cluster: BrokerCluster
  let broker: BrokerNode
  const started: UnderLoad[] = []

  async function underLoad(): Promise<UnderLoad> {
    const one = await collectUnderLoad(cluster)
    started.push(one)
    return one
  }

  beforeAll(async () => {
    cluster = await startBrokerCluster(1)
    broker = cluster.node(1)
  })
  afterEach(async () => {
    await broker.proxy.set({ kind: 'pass' })
    broker.resume()
    await endAll(started.splice(0))
  })
  afterAll(() => cluster?.close())

  it('loses nothing acknowledged when the broker is restarted by SIGTERM', async () => {
    const one = await underLoad()
    await broker.end('SIGTERM')
    await broker.start()
    await expectDelivered(one)
  })

  it(`loses nothing acknowledged when all brokers end by SIGKILL and are away for ${faultLengths.awayMs} ms`, async () => {
    const one = await underLoad()
    await broker.end('SIGKILL')
    await untilMore(one)
    await wait(faultLengths.awayMs)
    await broker.start()
    await expectDelivered(one)
    // the batch’s 5 s, and what the machine needs
    expect(one.load.slowestMs()).toBeLessThan(8_000)
  })

  it(`loses nothing acknowledged while the broker is suspended for ${faultLengths.suspendedMs} ms`, async () => {
    const one = await underLoad()
    broker.suspend()
    await wait(faultLengths.suspendedMs)
    expect(one.collector.isWell()).toBe(true)
    broker.resume()
    await expectDelivered(one)
    expect(one.load.slowestMs()).toBeLessThan(8_000)
  })

  it('loses nothing acknowledged when connections are reset after the broker took the records', async () => {
    const one = await underLoad()
    const before = broker.proxy.resets()
    for (let round = 0; round < 3; round++) {
      const resets = broker.proxy.resets()
      await broker.proxy.set({ kind: 'reset', requestBytes: 1_500 })
      await until(() => broker.proxy.resets() > resets, { what: 'a reset' })
      await broker.proxy.set({ kind: 'pass' })
      await untilMore(one)
    }
    expect(broker.proxy.resets()).toBeGreaterThanOrEqual(before + 3)
    const { doubled } = await expectDelivered(one)
    // the broker had those records, and the collector could not know
    expect(doubled).toBeGreaterThan(0)
  })

  it.each([{ kind: 'dribble', bytesPerSecond: 5 }, { kind: 'delay', ms: 3_000 }, { kind: 'freeze' }] as const)(
    'loses nothing acknowledged when answers of the broker suffer from $kind',
    async mode => {
      const one = await underLoad()
      await broker.proxy.set(mode)
      // beyond the 5 s of a batch
      await wait(6_000)
      expect(one.collector.isWell()).toBe(true)
      await broker.proxy.set({ kind: 'pass' })
      await expectDelivered(one)
      expect(one.load.slowestMs()).toBeLessThan(8_000)
    },
  )

  it.each([3, 40])('appends again after the broker’s answers broke off at byte %i', async afterBytes => {
    const topic = await newTopic(cluster)
    const writer = createKafkaWriter(kafkaClient({ brokers: cluster.proxied.split(',') }), { topic, acks: -1 })
    const append = () =>
      writer.append(0, [{ value: Buffer.from('red') }]).then(
        () => true,
        () => false,
      )
    await until(append, { what: 'the first append' })
    await broker.proxy.set({ kind: 'cut', afterBytes })
    await Promise.all([append(), append(), append()])
    await broker.proxy.set({ kind: 'pass' })
    await until(append, { what: 'an append after the cut' })
    await writer.close()
  })
})
