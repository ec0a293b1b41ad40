import { pino } from 'pino'
import { z } from 'zod'
import { wait } from '../../../consumers/backoff.ts'
import { type Consumer, createConsumer } from '../../../consumers/consumer.ts'
import { elasticsearchClient } from '../../../consumers/elasticsearch/client.ts'
import { createElasticsearchSink } from '../../../consumers/elasticsearch/sink.ts'
import { createHttpFsStore } from '../../../consumers/hdfs/httpfs/store.ts'
import { createHdfsSink } from '../../../consumers/hdfs/sink.ts'
import type { LandingStore } from '../../../consumers/hdfs/store.ts'
import { createWebHdfsStore } from '../../../consumers/hdfs/webhdfs/store.ts'
import type { Sink } from '../../../consumers/sink.ts'
import type { TopicWriter } from '../../../topic/topic.ts'
import type { Random } from '../../fuzz/random.ts'
import { gatedClient, type Interceptor, intercept } from './elasticsearch-client.ts'
import { createGate, type Gate, gatedStore, gatedWriter } from './gate.ts'
import type { Member, MemoryGroup } from './group.ts'

export const table = '/data/events'

/** A writer as a process runs it: the loop, a sink and a member of the group, all behind one gate. */
export interface Writer {
  readonly gate: Gate
  readonly member: Member
  readonly consumer: Consumer
  /** What its clock is wrong by, milliseconds. */
  clock: { skewMs: number }
  /** Warnings and errors, with what they say of their cause. */
  readonly said: readonly string[]
}

export interface WriterPlace {
  random: Random
  topic: string
  group: MemoryGroup
  deadLetters: TopicWriter
  /** Servers of the sink: an Elasticsearch, or an HDFS. */
  elasticsearch: string | undefined
  hdfs: { urls: readonly string[]; kind: 'webhdfs' | 'httpfs' }
  generation: number
  /** A wrong writer, for the controls: the store as it sees it. */
  wrap: ((store: LandingStore) => LandingStore) | undefined
  /** … and its requests to Elasticsearch. */
  interceptor: Interceptor | undefined
}

const lineSchema = z.looseObject({
  msg: z.string(),
  err: z.object({ message: z.string() }).optional(),
  why: z.string().optional(),
})

/** Waits of a real process, in a hundredth of the time. */
const hurry: typeof wait = (ms, signal) => wait(ms / 100, signal)

/** Builds a writer and has it join. Each closes its files at limits of its own. */
export async function startWriter(place: WriterPlace): Promise<Writer> {
  const gate = createGate()
  const said: string[] = []
  const clock = { skewMs: 0 }
  const now = () => Date.now() + clock.skewMs
  const keep = (text: string) => {
    const { msg, err, why = err?.message } = lineSchema.parse(JSON.parse(text))
    said.push(why === undefined ? msg : `${msg}: ${why}`)
  }
  const logger = pino({ level: 'warn' }, { write: keep })
  const member = place.group.join(gate)
  const consumer = createConsumer({
    reader: member,
    sink: sinkOf(place, { gate, logger, now }),
    deadLetters: gatedWriter(place.deadLetters, gate),
    logger,
    tickMs: 5,
    closeTimeoutMs: 200,
    backoff: { baseMs: 2, maxMs: 40 },
    now,
  })
  await consumer.start()
  return { gate, member, consumer, clock, said }
}

function sinkOf(place: WriterPlace, process: { gate: Gate; logger: pino.Logger; now: () => number }): Sink {
  const { random, topic, elasticsearch, hdfs, generation, wrap = store => store, interceptor } = place
  const { gate, logger, now } = process
  if (elasticsearch !== undefined) {
    const client = elasticsearchClient({ urls: [elasticsearch], requestTimeoutMs: 400 })
    return createElasticsearchSink({
      client: gatedClient(interceptor ? intercept(client, interceptor) : client, gate),
      topic,
      logger,
      maxAgeMs: 5 + random.below(30),
      maxRecords: 3 + random.below(40),
      maxInFlight: 1 + random.below(4),
      backoff: { baseMs: 2, maxMs: 40 },
    })
  }
  const create = hdfs.kind === 'httpfs' ? createHttpFsStore : createWebHdfsStore
  const patience = { connectTimeoutMs: 300, idleTimeoutMs: 250 }
  const store = create({ urls: hdfs.urls, user: 'clicktrail', path: table, ...patience })
  return createHdfsSink({
    store: gatedStore(wrap(store), gate),
    topic,
    logger,
    format: 'json.gz',
    generation,
    maxAgeMs: 20 + random.below(100),
    maxRecords: 3 + random.below(40),
    now,
    wait: hurry,
  })
}
