import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { applyTopics } from '../../topic/kafka/admin.ts'
import { kafkaClient } from '../../topic/kafka/connect.ts'
import type { BrokerCluster } from './broker-cluster.ts'
import { type CollectorProcess, type CollectorProcessOptions, startCollector } from './collector-process.ts'
import { type Load, type LoadOptions, startLoad } from './load.ts'
import { topicIds } from './topic-ids.ts'
import { until } from './until.ts'

/** A collector with acks=all, on a topic and a data folder of its own, that visitors post to. */
export interface UnderLoad {
  cluster: BrokerCluster
  topic: string
  dataDir: string
  collector: CollectorProcess
  load: Load
}

export interface UnderLoadOptions extends Partial<CollectorProcessOptions> {
  /** @default 3 */
  partitions?: number
  load?: Omit<LoadOptions, 'url'>
}

let topics = 0

/** Makes a topic with as many copies as there are brokers; with three of them an append needs two. Resolves with its name. */
export async function newTopic(cluster: BrokerCluster, partitions = 3): Promise<string> {
  const topic = `faults-${++topics}`
  const replicationFactor = cluster.nodes.length
  const kafka = kafkaClient({ brokers: cluster.direct.split(',') })
  await applyTopics(kafka, { topic, partitions, replicationFactor, durable: replicationFactor === 3 })
  return topic
}

export function newDataDir(): string {
  return mkdtempSync(join(tmpdir(), 'clicktrail-faults-'))
}

/** Starts all of it, behind the proxies. Resolves when the first events are acknowledged. */
export async function collectUnderLoad(cluster: BrokerCluster, options: UnderLoadOptions = {}): Promise<UnderLoad> {
  const { partitions, load: loadOptions, ...rest } = options
  const topic = options.topic ?? (await newTopic(cluster, partitions))
  const dataDir = options.dataDir ?? newDataDir()
  const collector = await startCollector({ brokers: cluster.proxied, ...rest, topic, dataDir })
  const load = startLoad({ url: collector.url, ...loadOptions })
  const underLoad = { cluster, topic, dataDir, collector, load }
  await untilMore(underLoad)
  return underLoad
}

/** Resolves when some hundred more events are acknowledged than now. */
export async function untilMore({ load, collector }: UnderLoad, timeoutMs = 60_000): Promise<void> {
  const before = load.acknowledged.size
  const told = () => `${answersOf(load)}\n${collector.running().output()}`
  await until(
    () => {
      if (!collector.isWell()) throw new Error(`the collector is not well: ${told()}`)
      return load.acknowledged.size >= before + 300
    },
    { what: 'more acknowledged events', timeoutMs },
  ).catch(error => {
    throw new Error(`${told()}\n${error}`, { cause: error })
  })
}

function answersOf({ answers, slowestMs }: Load): string {
  return `${[...answers].map(([status, count]) => `${count} × ${status}`).join(', ')}; slowest ${slowestMs()} ms`
}

export interface Delivered {
  /** Events that lie on the topic more than once. */
  doubled: number
}

/**
 * After a fault: the collector takes events again, runs under the same pid, has answered only 2xx, 429 and 503, and on
 * the topic lies exactly what it has acknowledged. `unanswered` allows connections without an answer.
 */
export async function expectDelivered(underLoad: UnderLoad, { unanswered = false } = {}): Promise<Delivered> {
  const { cluster, topic, collector, load } = underLoad
  await untilMore(underLoad)
  await load.stop()
  expect(collector.isWell(), collector.running().output()).toBe(true)
  const copies = await topicIds({ brokers: cluster.direct, topic, wanted: load.acknowledged })
  const doubled = [...copies.values()].filter(count => count > 1).length
  console.log(
    `${expect.getState().currentTestName}: ${load.acknowledged.size} acknowledged, ${doubled} doubled; ${answersOf(load)}`,
  )
  const lost = [...load.acknowledged].filter(id => !copies.has(id))
  const told = lost.length === 0 ? '' : `${collector.running().output()}\n${await collector.metrics()}`
  expect(lost.slice(0, 10), `${lost.length} are not on the topic:\n${told}`).toEqual([])
  expect([...copies.keys()].filter(id => !load.posted.has(id))).toEqual([])
  const allowed = new Set<number | 'none'>([200, 204, 429, 503, ...(unanswered ? (['none'] as const) : [])])
  expect([...load.answers.keys()].filter(answer => !allowed.has(answer))).toEqual([])
  return { doubled }
}

/** Ends what a failed test has left, and nothing that others run. */
export async function endAll(started: readonly UnderLoad[]): Promise<void> {
  for (const { load, collector } of started) {
    const stopped = load.stop({ giveUp: true })
    await collector.stop('SIGKILL')
    await stopped
  }
}
