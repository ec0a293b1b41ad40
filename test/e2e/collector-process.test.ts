import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { kafkaClient } from '../../topic/kafka/connect.ts'
import { type BrokerCluster, startBrokerCluster } from '../support/broker-cluster.ts'
import {
  collectUnderLoad,
  endAll,
  expectDelivered,
  type UnderLoad,
  type UnderLoadOptions,
  untilMore,
} from '../support/collector-under-load.ts'
import { faultLengths } from '../support/fault-lengths.ts'
import { topicIds } from '../support/topic-ids.ts'
import { until } from '../support/until.ts'

/** What the collector acknowledges while its topic changes, its process is ended or its resources run out. */
describe('a collector on a healthy broker', () => {
  let cluster: BrokerCluster
  let admin: Admin
  const started: UnderLoad[] = []
  const sockets: Socket[] = []

  async function underLoad(options?: UnderLoadOptions): Promise<UnderLoad> {
    const one = await collectUnderLoad(cluster, options)
    started.push(one)
    return one
  }

  async function records(topic: string): Promise<number[]> {
    const offsets = await admin.fetchTopicOffsets(topic)
    return offsets.toSorted((a, b) => a.partition - b.partition).map(({ high }) => Number(high))
  }

  beforeAll(async () => {
    cluster = await startBrokerCluster(1)
    admin = kafkaClient({ brokers: cluster.direct.split(',') }).admin({ retry: { retries: 20 } })
    await admin.connect()
  })
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy()
    await endAll(started.splice(0))
  })
  afterAll(async () => {
    await admin?.disconnect()
    await cluster?.close()
  })

  it('fills a partition that is added, and loses nothing acknowledged', async () => {
    const one = await underLoad({ partitions: 2 })
    await admin.createPartitions({ topicPartitions: [{ topic: one.topic, count: 4 }] })
    // A partition that was made a moment ago may have no leader to ask.
    const looked = () => records(one.topic).catch(() => [])
    await until(async () => (await looked()).filter(high => high > 0).length === 4, {
      what: 'records in all four partitions',
      timeoutMs: 60_000,
      everyMs: 500,
    })
    await expectDelivered(one)
  })

  it.each([
    { spool: 'off', bytes: '0', status: 503 },
    { spool: 'on', bytes: '1GiB', status: 200 },
  ])('says that its topic is deleted, and goes on when it is made again (spool $spool)', async ({ bytes, status }) => {
    const one = await underLoad({ env: { CLICKTRAIL_SPOOL_MAX_BYTES: bytes } })
    await admin.deleteTopics({ topics: [one.topic] })
    await until(async () => (await one.collector.readiness()).text.includes('does not take events'), {
      what: 'a collector that says so on /readyz',
    })
    expect((await one.collector.readiness()).status).toBe(status)
    await until(() => one.collector.running().output().includes('"code":"topic_missing"'), {
      what: 'the log to say so',
    })
    // what was acknowledged by now may have gone with the topic
    const before = new Set(one.load.acknowledged)
    await wait(2_000)
    await admin.createTopics({ topics: [{ topic: one.topic, numPartitions: 3 }], waitForLeaders: false })
    await untilMore(one)
    await until(async () => (await one.collector.readiness()).text === '{"ready":true}', { what: 'a ready collector' })
    await one.load.stop()
    const wanted = new Set([...one.load.acknowledged].filter(id => !before.has(id)))
    const copies = await topicIds({ brokers: cluster.direct, topic: one.topic, wanted })
    expect([...wanted].filter(id => !copies.has(id))).toEqual([])
    expect(one.collector.isWell(), one.collector.running().output()).toBe(true)
    expect([...one.load.answers.keys()].filter(answer => answer !== 204 && answer !== 503)).toEqual([])
  })

  it('lives when its file descriptors run out, and takes events when they are free again', async () => {
    const one = await underLoad({ maxFiles: 200 })
    let closed = 0
    for (let count = 0; count < 400; count++) {
      const socket = connect(Number(new URL(one.collector.url).port), '127.0.0.1')
      socket.on('error', () => {})
      socket.on('close', () => {
        closed += 1
      })
      sockets.push(socket)
    }
    await until(() => closed > 0, { what: 'a connection that could not be taken' })
    await wait(2_000)
    expect(one.collector.isWell(), one.collector.running().output()).toBe(true)
    for (const socket of sockets.splice(0)) socket.destroy()
    await expectDelivered(one, { unanswered: true })
  })

  it('has every acknowledged event on the topic after kill −9 under load', async () => {
    const one = await underLoad()
    for (let round = 0; round < 3; round++) {
      await one.collector.stop('SIGKILL')
      await one.collector.start()
      await untilMore(one)
    }
    await expectDelivered(one, { unanswered: true })
  })

  it(`loses and doubles nothing in ${faultLengths.sigtermRounds} restarts by SIGTERM under load, each within 10 s`, async () => {
    const one = await underLoad({ load: { posters: 8, pauseMs: 0, retryMs: 20 } })
    let slowestMs = 0
    for (let round = 0; round < faultLengths.sigtermRounds; round++) {
      const fromMs = Date.now()
      expect(await one.collector.stop('SIGTERM'), one.collector.running().output()).toBe(0)
      slowestMs = Math.max(slowestMs, Date.now() - fromMs)
      await one.collector.start()
      await untilMore(one)
    }
    const { doubled } = await expectDelivered(one, { unanswered: true })
    console.log(`${faultLengths.sigtermRounds} stops, the slowest took ${slowestMs} ms`)
    expect(doubled).toBe(0)
    expect(slowestMs).toBeLessThan(10_000)
  })
})
