import { setTimeout as wait } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { encodeRecord } from '../../../topic/record.ts'
import type { LogRecord } from '../../../topic/topic.ts'
import { type Random, seeded } from '../../fuzz/random.ts'
import { type Clicktrail, freePort, spawnClicktrail } from '../../support/clicktrail.ts'
import { eventRecord, tabOf } from '../../support/log-records.ts'
import { until } from '../../support/until.ts'
import { type Landed, readLanded } from '../landed.ts'
import { createValues, type Mixture } from '../values.ts'
import { createDocumentReader } from './documents.ts'
import { createSender } from './sender.ts'
import type { Servers } from './servers.ts'
import { createTableReader } from './table-files.ts'
import { makeTopics, makeTopicsAgain } from './topics.ts'

/** A topic, a table and writers that are processes; all of it one run's own. */
export interface RealWorld {
  readonly servers: Servers
  readonly random: Random
  readonly topic: string
  readonly table: string
  readonly admin: Admin
  /** Those that run. */
  readonly writers: Clicktrail[]
  happened: number
  readonly wrong: string[]
  /** Of the topic's life; for writers that are started from now on. */
  generation: number
  /** Deletes the topic and its dead letters and makes both again, empty; the events that come then are others. */
  makeTopicAgain(): Promise<void>
  /** By partition: what the topic held before some of it was deleted, up to there. */
  readonly deleted: (readonly LogRecord[])[]
  /** Where the writers write. */
  readonly sink: 'hdfs' | 'elasticsearch'
  /** Of writers that are started from now on: what differs from the usual. */
  readonly env: Record<string, string>
  /** Records come. */
  readonly feeding: boolean
  startOne(different?: { script?: string; env?: Record<string, string> }): Promise<Clicktrail>
  some(): Clicktrail
  /** Ends one that runs; one that is told by SIGTERM and does not end with 0 is wrong. */
  end(writer: Clicktrail, signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** Appends events for so long while `trouble` is made again and again. */
  feed(lengthMs: number, trouble: () => Promise<void>): Promise<void>
  /** Appends one more event to every partition and waits until all that is on the topic is durable. */
  settle(): Promise<void>
  landed(): Promise<Landed>
  /** Called by `close`. */
  atEnd(close: () => Promise<void>): void
  close(): Promise<void>
}

const settleMs = 300_000

export interface RealWorldOptions {
  mixture?: Mixture
  /** @default 'hdfs' */
  sink?: 'hdfs' | 'elasticsearch'
}

/** It says at level debug what it has stored. */
const elasticsearchEnv = (urls: readonly string[], index: string) => ({
  ELASTICSEARCH_URL: urls.join(','),
  ELASTICSEARCH_INDEX: index,
  CLICKTRAIL_LOG_LEVEL: 'debug',
})

/** Makes the topics; nothing is written and no writer runs yet. */
export async function openRealWorld(
  servers: Servers,
  seed: number,
  { mixture, sink = 'hdfs' }: RealWorldOptions = {},
): Promise<RealWorld> {
  const { kafka, hdfs, brokers } = servers
  const random = seeded(seed)
  const topic = `faults-${Date.now().toString(36)}`
  const table = `/faults/${topic}/events`
  const admin = kafka.admin({ retry: { retries: 20 } })
  await admin.connect()
  const topics = { topic, replicationFactor: brokers.nodes.length }
  await makeTopics(admin, topics)
  const closes: (() => Promise<void>)[] = []
  let feeding = false
  const sender = createSender(kafka, { topic, giveUpMs: settleMs })
  let next = createValues(random, mixture)
  const elasticsearch = sink === 'elasticsearch' ? await servers.elasticsearch() : undefined
  const documents = elasticsearch && createDocumentReader(elasticsearch.urls[0] ?? '', topic, admin)
  const readTable = createTableReader(() => hdfs.active().url, table)
  let last = 0

  const partitions = async () => (await admin.fetchTopicOffsets(topic)).length
  const landed = async () => (documents ? documents.landed() : readLanded(await readTable()))

  async function isDurable(): Promise<boolean> {
    if (documents) return documents.areDurable()
    const ends = await admin.fetchTopicOffsets(topic)
    const highest = new Map<number, number>()
    const rows = (await landed()).rows.filter(row => row.generation === world.generation)
    for (const { partition, offset } of rows) highest.set(partition, Math.max(offset, highest.get(partition) ?? -1))
    return ends.every(({ partition, high }) => highest.get(partition) === Number(high) - 1)
  }

  const world: RealWorld = {
    servers,
    random,
    topic,
    table,
    admin,
    writers: [],
    happened: 0,
    wrong: [],
    generation: 1,
    sink,
    env: elasticsearch ? elasticsearchEnv(elasticsearch.urls, topic) : {},
    get feeding() {
      return feeding
    },
    deleted: [],
    async makeTopicAgain() {
      await documents?.endLife()
      await makeTopicsAgain(admin, topics)
      next = createValues(random, mixture, 2)
    },
    async startOne({ script, env: different = {} } = {}) {
      const env = {
        KAFKA_BROKERS: brokers.direct,
        CLICKTRAIL_TOPIC: topic,
        HDFS_URL: hdfs.urls.join(','),
        HDFS_PATH: table,
        HDFS_USER: 'clicktrail',
        CLICKTRAIL_GENERATION: String(world.generation),
        CLICKTRAIL_ADMIN_PORT: String(await freePort()),
        CLICKTRAIL_FLUSH_MAX_AGE_MS: String(200 + random.below(600)),
        CLICKTRAIL_FLUSH_MAX_RECORDS: String(20 + random.below(300)),
        ...world.env,
        ...different,
      }
      const writer = spawnClicktrail({ args: ['consume', sink], env, ...(script && { script }) })
      world.writers.push(writer)
      return writer
    },
    some: () => random.pick(world.writers),
    async end(writer, signal) {
      world.writers.splice(world.writers.indexOf(writer), 1)
      const code = await writer.stop(signal)
      // One that has said nothing yet does not listen yet.
      const told = signal === 'SIGTERM' && writer.output() !== ''
      if (told && code !== 0) world.wrong.push(`a writer ended with ${code}: ${writer.output().slice(-500)}`)
    },
    async feed(lengthMs, trouble) {
      const endMs = Date.now() + lengthMs
      feeding = true
      const fed = (async () => {
        for (let count = 1; Date.now() < endMs; count = await partitions().catch(() => count)) {
          for (let turn = 0; turn < 20; turn++) {
            const partition = random.below(count)
            await sender.send(
              partition,
              Array.from({ length: 1 + random.below(20) }, () => next(partition)),
            )
            await wait(random.below(40))
          }
        }
      })().finally(() => {
        feeding = false
      })
      // It is awaited below; trouble may take longer than it takes to fail.
      fed.catch(() => {})
      while (Date.now() < endMs) await trouble()
      await fed
    },
    async settle() {
      const count = await partitions()
      for (let partition = 0; partition < count; partition++)
        await sender.send(partition, [encodeRecord(eventRecord({ tab: tabOf(99_000 + partition), sequence: ++last }))])
      const what = 'all of the topic to be durable'
      await until(() => isDurable().catch(() => false), { what, timeoutMs: settleMs, everyMs: 500 }).catch(error => {
        const said = world.writers.map(writer => writer.output().trimEnd().split('\n').slice(-5).join('\n'))
        world.wrong.push(`${error.message}\n${said.join('\n')}`)
      })
    },
    landed,
    atEnd: close => void closes.push(close),
    async close() {
      await Promise.all(world.writers.map(writer => writer.stop('SIGKILL')))
      await Promise.allSettled(closes.map(close => close()))
      await Promise.allSettled([sender.close(), admin.disconnect()])
    },
  }
  return world
}
