import { setTimeout as wait } from 'node:timers/promises'
import type { LandingStore } from '../../../consumers/hdfs/store.ts'
import { encodeRecord } from '../../../topic/record.ts'
import { type Random, seeded } from '../../fuzz/random.ts'
import { type FakeElasticsearch, startFakeElasticsearch } from '../../support/fake-elasticsearch.ts'
import { type FakeWebHdfs, startFakeWebHdfs } from '../../support/fake-webhdfs/fake-webhdfs.ts'
import { eventRecord, logStartMs, tabOf } from '../../support/log-records.ts'
import { until } from '../../support/until.ts'
import type { Landed } from '../landed.ts'
import { createValues, type Mixture } from '../values.ts'
import type { Interceptor } from './elasticsearch-client.ts'
import type { Point } from './gate.ts'
import { createMemoryGroup, type MemoryGroup } from './group.ts'
import { createTableReader, readDocuments } from './landed-in.ts'
import { createLetters, type Letters } from './letters.ts'
import { createMemoryLog, type MemoryLog } from './memory-log.ts'
import { startWriter, type Writer } from './writer.ts'

export interface WorldOptions {
  /** @default 2 */
  nameNodes?: number
  /** @default 2 */
  dataNodes?: number
  /** @default 'webhdfs' */
  kind?: 'webhdfs' | 'httpfs'
  /** @default 'hdfs' */
  sink?: 'hdfs' | 'elasticsearch'
  /** Appended while trouble goes on. @default 500 */
  records?: number
  mixture?: Mixture
  /** A wrong writer, for the controls. */
  wrap?: (store: LandingStore) => LandingStore
  /** The same for one of Elasticsearch. */
  interceptor?: Interceptor
  /** How long the end of a run may take. @default 60000 */
  settleMs?: number
}

/** A topic, a storage and writers in this process, to which a fault does what it likes; all of it by one seed. */
export interface World {
  readonly random: Random
  readonly log: MemoryLog
  readonly group: MemoryGroup
  readonly hdfs: FakeWebHdfs
  readonly elasticsearch: FakeElasticsearch | undefined
  readonly letters: Letters
  /** Those that live. */
  readonly writers: Writer[]
  /** How often the fault has happened. */
  happened: number
  /** What a fault found that must not be. */
  readonly wrong: string[]
  /** What goes into names and rows of writers that are started from now on. */
  generation: number
  /** Milliseconds that the brokers' clock is wrong by. */
  brokerSkewMs: number
  startOne(): Promise<Writer>
  /** SIGKILL, and the session ends. */
  kill(writer: Writer): void
  /** SIGTERM: it closes as a process does. */
  close(writer: Writer): Promise<void>
  /** One that lives. */
  some(): Writer
  /** Any one of them that comes to this point soon stands there then; undefined when none did. */
  standing(point: Point): Promise<Writer | undefined>
  /** Appends `records` in small portions while `trouble` is made again and again. */
  feed(trouble: () => Promise<void>): Promise<void>
  /** Appends one more event to every partition and waits until all that is on the topic is durable, `except` one partition. */
  settle(options?: { except?: number; timeoutMs?: number }): Promise<void>
  landed(): Landed
  /** The highest offset that is durable, by partition; -1 where none is. */
  reached(): number[]
  end(): Promise<void>
}

const partitions = 3

export async function openWorld(seed: number, options: WorldOptions = {}): Promise<World> {
  const {
    nameNodes = 2,
    dataNodes = 2,
    kind = 'webhdfs',
    sink = 'hdfs',
    records = 500,
    settleMs = 60_000,
    mixture,
    wrap,
    interceptor,
  } = options
  const random = seeded(seed)
  const log = createMemoryLog('clicktrail', partitions)
  const group = createMemoryGroup(log, random)
  const hdfs = await startFakeWebHdfs({ kind, nameNodes, dataNodes })
  const elasticsearch = sink === 'elasticsearch' ? await startFakeElasticsearch() : undefined
  const letters = createLetters('clicktrail-dlq')
  const next = createValues(random, mixture)
  const readTable = createTableReader(hdfs.tree.files)
  const landed = () => (elasticsearch ? readDocuments(elasticsearch.documents.values()) : readTable())
  let timestampMs = logStartMs
  let last = 0

  function append(partition: number, value: Uint8Array | null): void {
    timestampMs += random.below(60_000)
    log.append(partition, value, timestampMs + world.brokerSkewMs)
  }

  function reached(): number[] {
    const highest = Array.from({ length: log.partitions() }, () => -1)
    const note = (partition: number, offset: number) => {
      highest[partition] = Math.max(highest[partition] ?? -1, offset)
    }
    // Documents are not stored in the order of the log: only the commit says that all before it are there.
    if (elasticsearch) for (const [partition, { next: offset }] of group.committed) note(partition, offset - 1)
    else for (const row of landed().rows) if (row.generation === world.generation) note(row.partition, row.offset)
    return highest
  }

  const world: World = {
    random,
    log,
    group,
    hdfs,
    elasticsearch,
    letters,
    writers: [],
    happened: 0,
    wrong: [],
    generation: 1,
    brokerSkewMs: 0,
    async startOne() {
      const { topic } = log
      const deadLetters = letters.writer
      const place = { random, topic, group, deadLetters, elasticsearch: elasticsearch?.url, wrap, interceptor }
      const writer = await startWriter({ ...place, hdfs: { urls: hdfs.urls, kind }, generation: world.generation })
      world.writers.push(writer)
      return writer
    },
    kill(writer) {
      world.writers.splice(world.writers.indexOf(writer), 1)
      writer.gate.kill()
      writer.member.expel()
      // Nothing of it comes through the gate; this ends its timers.
      void writer.consumer.close()
    },
    async close(writer) {
      world.writers.splice(world.writers.indexOf(writer), 1)
      await writer.consumer.close()
    },
    some: () => random.pick(world.writers),
    async standing(point) {
      const writer = world.writers.find(one => one.member.assigned.length > 0 && random.once(2)) ?? world.some()
      return (await writer.gate.stopAt(point, 250)) ? writer : undefined
    },
    async feed(trouble) {
      let left = records
      const feeding = (async () => {
        while (left > 0) {
          const partition = random.below(log.partitions())
          for (let count = random.below(6); count >= 0; count--, left--) append(partition, next(partition))
          await wait(random.below(10))
        }
      })()
      while (left > 0) {
        await trouble()
        await wait(random.below(30))
      }
      await feeding
    },
    async settle({ except, timeoutMs = settleMs } = {}) {
      for (let partition = 0; partition < log.partitions(); partition++)
        append(partition, encodeRecord(eventRecord({ tab: tabOf(99_000 + partition), sequence: ++last })))
      const isEnd = (offset: number, partition: number) =>
        partition === except || offset === log.bounds(partition).high - 1
      const what = 'all of the topic to be durable'
      await until(() => reached().every(isEnd), { what, timeoutMs, everyMs: 20 }).catch(error => {
        const ends = reached().map((offset, partition) => `${offset + 1} of ${log.bounds(partition).high}`)
        world.wrong.push(
          `${error.message}: ${ends.join(', ')}; ${world.writers.map(one => one.said.at(-1)).join('; ')}`,
        )
      })
    },
    landed,
    reached,
    async end() {
      for (const writer of world.writers) writer.gate.go()
      await Promise.all([...world.writers].map(writer => world.close(writer)))
      await hdfs.close()
      await elasticsearch?.close()
    },
  }
  return world
}
