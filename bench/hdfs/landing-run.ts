import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { pino } from 'pino'
import { createConsumer } from '../../consumers/consumer.ts'
import { createHdfsSink, type HdfsSinkOptions } from '../../consumers/hdfs/sink.ts'
import type { LandingStore } from '../../consumers/hdfs/store.ts'
import type { Sink } from '../../consumers/sink.ts'
import type { TopicReader, TopicWriter } from '../../topic/topic.ts'

export const logger = pino({ level: process.env['BENCH_LOG'] ?? 'error' }, pino.destination(2))

/** Nothing here is a dead letter. */
export const noDeadLetters: TopicWriter = {
  topic: 'bench-dlq',
  ready: async () => {},
  partitions: () => 1,
  maxRecordBytes: () => 1_000_000,
  append: async () => {
    throw new Error('a record was refused')
  },
  close: async () => {},
}

/** A writer as `clicktrail consume` runs it. */
export function startWriter(reader: TopicReader, store: LandingStore, options: Partial<HdfsSinkOptions> = {}) {
  const sink = createHdfsSink({ store, topic: reader.topic, logger, ...options })
  return { sink, ...startConsumer(reader, sink) }
}

export function startConsumer(reader: TopicReader, sink: Sink) {
  const consumer = createConsumer({ reader, sink, deadLetters: noDeadLetters, logger })
  const started = consumer.start()
  const dead = consumer.done.then(() => {
    throw new Error('the consumer ended')
  })
  dead.catch(() => {})
  return { consumer, started, dead }
}

export interface Landed {
  seconds: number
  /** CPU seconds of this process, all threads. */
  cpuSeconds: number
}

/** Lands so many records and says what it took, from the start to the last that lies in the storage. */
export async function land(
  reader: TopicReader,
  store: LandingStore,
  total: number,
  options: Partial<HdfsSinkOptions>,
): Promise<Landed> {
  const cpu = process.cpuUsage()
  const began = performance.now()
  const { sink, consumer, dead } = startWriter(reader, store, options)
  while (sink.counts().landed < total) await Promise.race([wait(5), dead])
  const seconds = (performance.now() - began) / 1_000
  const { user, system } = process.cpuUsage(cpu)
  await consumer.close()
  if (sink.counts().landed !== total || sink.counts().copies > 0)
    throw new Error(`landed ${JSON.stringify(sink.counts())} of ${total}`)
  return { seconds, cpuSeconds: (user + system) / 1e6 }
}

/** A storage that takes everything at once and keeps nothing. */
export function nullStore(stage: () => Promise<void> = async () => {}): LandingStore {
  return {
    description: 'nowhere',
    list: async () => [],
    read: async () => Buffer.alloc(0),
    async stage() {
      await stage()
      return { path: randomUUID() }
    },
    land: async () => 'landed',
    discard: async () => {},
    removeStagedBefore: async () => 0,
    listStaged: async () => [],
    setAside: async path => path,
    removeFolder: async () => {},
    close: async () => {},
  }
}
