import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import type { BrokerCluster } from '../../test/support/broker-cluster.ts'
import { makeTopic, startCollector } from '../../test/support/collector-process.ts'
import { startLoad } from '../../test/support/load.ts'
import { topicIds } from '../../test/support/topic-ids.ts'
import { until } from '../../test/support/until.ts'

const levels = ['1', 'all'] as const
export type Acks = (typeof levels)[number]

/** Events of one collector in one round. */
export interface Outcome {
  acknowledged: number
  /** Acknowledged, and not on the topic. */
  lost: number
  /** On the topic more than once. */
  doubled: number
}

export interface Round {
  round: number
  killed: number
  outcomes: Record<Acks, Outcome>
}

export interface RoundOptions {
  cluster: BrokerCluster
  admin: Admin
  round: number
  posters: number
}

const beforeMs = 3_000
const afterMs = 15_000
/** How long the reader waits for what may be lost: a spool drains in that time. */
const readMs = 20_000

/** Plays one round: load on both collectors, kill −9 of a broker, its return, and a count of the topics. */
export async function playRound({ cluster, admin, round, posters }: RoundOptions): Promise<Round> {
  const killed = ((round - 1) % cluster.nodes.length) + 1
  const folder = mkdtempSync(join(tmpdir(), 'clicktrail-loss-'))
  const running = await Promise.all(
    levels.map(async acks => {
      const topic = `loss-${round}-${acks}`
      await makeTopic(cluster.direct, topic)
      const dataDir = join(folder, acks)
      const collector = await startCollector({ brokers: cluster.direct, topic, dataDir, acks })
      return { acks, topic, collector }
    }),
  )
  const topics = running.map(({ topic }) => topic)
  const loads = running.map(({ collector }) => startLoad({ url: collector.url, posters, pauseMs: 0 }))
  await wait(beforeMs)
  await cluster.node(killed).end('SIGKILL')
  await wait(afterMs)
  await Promise.all(loads.map(load => load.stop()))
  await cluster.node(killed).start()
  await untilInSync(admin, topics)
  const outcomes: Record<Acks, Outcome> = { '1': none(), all: none() }
  for (const [index, { acks, topic, collector }] of running.entries()) {
    const wanted = loads[index]?.acknowledged ?? new Set()
    const copies = await topicIds({ brokers: cluster.direct, topic, wanted, timeoutMs: readMs })
    outcomes[acks] = {
      acknowledged: wanted.size,
      lost: [...wanted].filter(id => !copies.has(id)).length,
      doubled: [...copies.values()].filter(count => count > 1).length,
    }
    await collector.stop()
  }
  await admin.deleteTopics({ topics })
  rmSync(folder, { recursive: true, force: true })
  return { round, killed, outcomes }
}

const none = (): Outcome => ({ acknowledged: 0, lost: 0, doubled: 0 })

async function untilInSync(admin: Admin, topics: string[]): Promise<void> {
  await until(
    async () => {
      const metadata = await admin.fetchTopicMetadata({ topics })
      return metadata.topics.every(({ partitions }) => partitions.every(({ isr }) => isr.length === 2))
    },
    { what: 'all replicas in sync', timeoutMs: 120_000, everyMs: 500 },
  )
}
