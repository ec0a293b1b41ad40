import { spawnSync } from 'node:child_process'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type BrokerCluster, startBrokerCluster } from '../support/broker-cluster.ts'
import {
  collectUnderLoad,
  endAll,
  expectDelivered,
  newDataDir,
  type UnderLoad,
  type UnderLoadOptions,
  untilMore,
} from '../support/collector-under-load.ts'
import { until } from '../support/until.ts'

const mountable = process.platform === 'linux' && process.getuid?.() === 0

/** What the collector acknowledges with its spool while the broker refuses connections. */
describe('a collector whose spool takes the events', () => {
  let cluster: BrokerCluster
  const started: UnderLoad[] = []
  const mounted: string[] = []

  async function underLoad(options?: UnderLoadOptions): Promise<UnderLoad> {
    const one = await collectUnderLoad(cluster, options)
    started.push(one)
    await cluster.node(1).proxy.set({ kind: 'refuse' })
    return one
  }

  /** Resolves when the collector says no, because there is no room. */
  async function untilFull({ collector, load }: UnderLoad): Promise<void> {
    await until(async () => (load.answers.get(503) ?? 0) > 20 && (await collector.readiness()).status === 503, {
      what: 'a spool that is full',
      timeoutMs: 90_000,
    })
    expect(collector.isWell(), collector.running().output()).toBe(true)
    expect((await collector.readiness()).text).toContain('the spool is full')
  }

  beforeAll(async () => {
    cluster = await startBrokerCluster(1)
  })
  afterEach(async () => {
    await cluster.node(1).proxy.set({ kind: 'pass' })
    await endAll(started.splice(0))
    for (const folder of mounted.splice(0)) spawnSync('umount', [folder])
  })
  afterAll(() => cluster?.close())

  it('says 503 when the spool is full, and delivers what it acknowledged before', async () => {
    const one = await underLoad({ env: { CLICKTRAIL_SPOOL_MAX_BYTES: '262144' } })
    await untilFull(one)
    await cluster.node(1).proxy.set({ kind: 'pass' })
    await expectDelivered(one)
    expect((await one.collector.readiness()).status).toBe(200)
  })

  it.runIf(mountable)(
    'says 503 when the disk of the spool is full, and delivers what it acknowledged before',
    async () => {
      const dataDir = newDataDir()
      const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', dataDir])
      expect(status, 'mounting a tmpfs').toBe(0)
      mounted.push(dataDir)
      const one = await underLoad({ dataDir, load: { posters: 8, pauseMs: 0 } })
      await untilFull(one)
      await cluster.node(1).proxy.set({ kind: 'pass' })
      await expectDelivered(one)
    },
  )

  it('has every acknowledged event on the topic after kill −9 while the spool fills', async () => {
    const one = await underLoad()
    for (let round = 0; round < 3; round++) {
      await untilMore(one)
      await one.collector.stop('SIGKILL')
      await one.collector.start()
    }
    await untilMore(one)
    await cluster.node(1).proxy.set({ kind: 'pass' })
    await expectDelivered(one, { unanswered: true })
  })
})
