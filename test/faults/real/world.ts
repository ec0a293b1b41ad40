import { setTimeout as wait } from 'node:timers/promises'
import type { Admin, Kafka } from 'kafkajs'
import { kafkaClient } from '../../../topic/kafka/connect.ts'
import { encodeRecord } from '../../../topic/record.ts'
import { type Random, seeded } from '../../fuzz/random.ts'
import { type BrokerCluster, startBrokerCluster } from '../../support/broker-cluster.ts'
import { type Clicktrail, freePort, spawnClicktrail } from '../../support/clicktrail.ts'
import { eventRecord, tabOf } from '../../support/log-records.ts'
import { until } from '../../support/until.ts'
import { type Landed, readLanded } from '../landed.ts'
import { createValues, type Mixture } from '../values.ts'
import { type OwnHdfs, startOwnHdfs } from './own-hdfs.ts'
import { createTableReader } from './table-files.ts'

/** The servers of all runs: the harness's own, since they are killed. */
export interface Servers {
  brokers: BrokerCluster
  kafka: Kafka
  hdfs: OwnHdfs
  close(): Promise<void>
}

export async function startServers(): Promise<Servers> {
  const [brokers, hdfs] = await Promise.all([startBrokerCluster(1), startOwnHdfs()])
  return {
    brokers,
    kafka: kafkaClient({ brokers: brokers.direct.split(','), clientId: 'faults' }),
    hdfs,
    close: async () => {
      await Promise.all([brokers.close(), hdfs.close()])
    },
  }
}

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
  /** Deletes the topic and its dead letters and makes both again, empty. */
  makeTopicAgain(): Promise<void>
  startOne(): Promise<void>
  some(): Clicktrail
  /** Ends one that runs; one that is told by SIGTERM and does not end with 0 is wrong. */
  end(writer: Clicktrail, signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** Appends events for so long while `trouble` is made again and again. */
  feed(lengthMs: number, trouble: () => Promise<void>): Promise<void>
  /** Appends one more event to every partition and waits until all that is on the topic is durable. */
  settle(): Promise<void>
  landed(): Promise<Landed>
  close(): Promise<void>
}

const firstPartitions = 3
const settleMs = 120_000
const maxMessageBytes = 4 * 1_048_576

async function makeTopics(admin: Admin, topic: string): Promise<void> {
  const configEntries = [
    { name: 'message.timestamp.type', value: 'LogAppendTime' },
    { name: 'max.message.bytes', value: String(maxMessageBytes) },
  ]
  const topics = [
    { topic, numPartitions: firstPartitions, replicationFactor: 1, configEntries },
    { topic: `${topic}-dlq`, numPartitions: 1, replicationFactor: 1, configEntries },
  ]
  // kafkajs's own waiting fails where a broker does not know the topic yet.
  await admin.createTopics({ topics, waitForLeaders: false })
  const isThere = async () => {
    await admin.fetchTopicOffsets(`${topic}-dlq`)
    return (await admin.fetchTopicOffsets(topic)).length === firstPartitions
  }
  await until(() => isThere().catch(() => false), { what: 'the topics to be there', everyMs: 200 })
}

/** Makes the topics; nothing is written and no writer runs yet. */
export async function openRealWorld(servers: Servers, seed: number, mixture: Mixture = {}): Promise<RealWorld> {
  const { kafka, hdfs, brokers } = servers
  const random = seeded(seed)
  const topic = `faults-${Date.now().toString(36)}`
  const table = `/faults/${topic}/events`
  const admin = kafka.admin({ retry: { retries: 20 } })
  await admin.connect()
  await makeTopics(admin, topic)
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    metadataMaxAge: 1_000,
    retry: { retries: 30, maxRetryTime: 1_000 },
  })
  const next = createValues(random, mixture)
  const readTable = createTableReader(hdfs.url, table)
  let last = 0

  const partitions = async () => (await admin.fetchTopicOffsets(topic)).length
  const landed = async () => readLanded(await readTable())

  /** As often as it takes: what was there already lies on the log twice, as a copy. */
  async function send(partition: number, values: readonly (Buffer | null)[]): Promise<void> {
    const deadlineMs = Date.now() + settleMs
    for (;;) {
      try {
        await producer.connect()
        await producer.send({ topic, acks: -1, messages: values.map(value => ({ value, partition })) })
        return
      } catch (error) {
        if (Date.now() > deadlineMs) throw error
        await wait(500)
      }
    }
  }

  async function isDurable(): Promise<boolean> {
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
    async makeTopicAgain() {
      const topics = [topic, `${topic}-dlq`]
      await admin.deleteTopics({ topics })
      const isGone = async () => !(await admin.listTopics()).some(name => topics.includes(name))
      await until(isGone, { what: 'the topics to be gone', everyMs: 200 })
      await makeTopics(admin, topic)
    },
    async startOne() {
      const env = {
        KAFKA_BROKERS: brokers.direct,
        CLICKTRAIL_TOPIC: topic,
        HDFS_URL: hdfs.url,
        HDFS_PATH: table,
        CLICKTRAIL_GENERATION: String(world.generation),
        CLICKTRAIL_ADMIN_PORT: String(await freePort()),
        CLICKTRAIL_FLUSH_MAX_AGE_MS: String(200 + random.below(600)),
        CLICKTRAIL_FLUSH_MAX_RECORDS: String(20 + random.below(300)),
      }
      world.writers.push(spawnClicktrail({ args: ['consume', 'hdfs'], env }))
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
      const feeding = (async () => {
        for (let count = 1; Date.now() < endMs; count = await partitions().catch(() => count)) {
          for (let turn = 0; turn < 20; turn++) {
            const partition = random.below(count)
            await send(
              partition,
              Array.from({ length: 1 + random.below(20) }, () => next(partition)),
            )
            await wait(random.below(40))
          }
        }
      })()
      // It is awaited below; trouble may take longer than it takes to fail.
      feeding.catch(() => {})
      while (Date.now() < endMs) await trouble()
      await feeding
    },
    async settle() {
      const count = await partitions()
      for (let partition = 0; partition < count; partition++)
        await send(partition, [encodeRecord(eventRecord({ tab: tabOf(99_000 + partition), sequence: ++last }))])
      const what = 'all of the topic to be durable'
      await until(() => isDurable().catch(() => false), { what, timeoutMs: settleMs, everyMs: 500 }).catch(error => {
        const said = world.writers.map(writer => writer.output().trimEnd().split('\n').slice(-5).join('\n'))
        world.wrong.push(`${error.message}\n${said.join('\n')}`)
      })
    },
    landed,
    async close() {
      await Promise.all(world.writers.map(writer => writer.stop('SIGKILL')))
      await Promise.allSettled([producer.disconnect(), admin.disconnect()])
    },
  }
  return world
}
