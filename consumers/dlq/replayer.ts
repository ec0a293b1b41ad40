import type { LogRecord, TopicRecord, TopicWriter } from '../../topic/topic.ts'
import type { DeadLetterOffice } from '../dead-letter-office.ts'
import { PartitionHalted, type Rejected, type Sink } from '../sink.ts'
import type { Route, Unsent } from './route.ts'

/** What became of a letter. */
export type Outcome =
  | 'topic'
  | 'elasticsearch'
  /** Elasticsearch refused it once more: a new letter is at the end of the topic. */
  | 'refused'
  | Unsent

export interface ReplayerOptions {
  /** The topic that the writers read, with acks=all. */
  topic: TopicWriter
  /** Opened when the first letter needs it; undefined where no Elasticsearch is configured. */
  elasticsearch: (() => Promise<Sink>) | undefined
  /** Of what Elasticsearch refuses again. */
  deadLetters: DeadLetterOffice
}

/**
 * Sends letters; resolves with what became of each when all is acknowledged, refusals too. Rejects when it can't be known of one of
 * them: some may be sent then, and sending all again makes copies, which the sinks remove by the event's id. Throws
 * {@link PartitionHalted} where a letter needs an Elasticsearch and there is none.
 */
export type Replayer = (routes: readonly Route[], signal: AbortSignal) => Promise<Outcome[]>

/** Fewer than the sink takes for a broken mapping, at which it waits: each of these letters is to have its own answer. */
const bulkLetters = 16

export function createReplayer({ topic, elasticsearch, deadLetters }: ReplayerOptions): Replayer {
  let sink: Sink | undefined

  async function append(routes: readonly Route[]): Promise<void> {
    const byPartition = new Map<number, TopicRecord[]>()
    for (const route of routes) if (route.to === 'topic') addTo(byPartition, route.partition, route.record)
    await Promise.all([...byPartition].map(([partition, records]) => topic.append(partition, records)))
  }

  async function openSink(): Promise<Sink> {
    if (!elasticsearch)
      throw new PartitionHalted(
        'there are letters that Elasticsearch alone refused: set ELASTICSEARCH_URL, or leave them out with --sink hdfs',
      )
    sink ??= await elasticsearch()
    return sink
  }

  /** Documents of one partition of the topic; resolves with the offsets that were refused. */
  async function create(partition: number, records: readonly LogRecord[], signal: AbortSignal): Promise<Set<number>> {
    const target = await openSink()
    const refused = new Set<number>()
    const sorted = records.toSorted((a, b) => a.offset - b.offset)
    for (let from = 0; from < sorted.length; from += bulkLetters) {
      const rejected = await land(target, partition, sorted.slice(from, from + bulkLetters), signal)
      if (rejected.length > 0) await deadLetters.bury(rejected, { partition, signal, onAway() {} })
      for (const { record } of rejected) refused.add(record.offset)
    }
    return refused
  }

  return async (routes, signal) => {
    await append(routes)
    const documents = new Map<number, LogRecord[]>()
    for (const route of routes) if (route.to === 'elasticsearch') addTo(documents, route.partition, route.record)
    const refused = new Map<number, Set<number>>()
    for (const [partition, records] of documents) refused.set(partition, await create(partition, records, signal))
    return routes.map(route => {
      if (route.to === 'nowhere') return route.why
      if (route.to === 'topic') return 'topic'
      return refused.get(route.partition)?.has(route.record.offset) ? 'refused' : 'elasticsearch'
    })
  }
}

/** Through the writer's own sink, as if the partition held nothing else. */
async function land(
  sink: Sink,
  partition: number,
  records: readonly LogRecord[],
  signal: AbortSignal,
): Promise<Rejected[]> {
  const low = records[0]?.offset ?? 0
  const high = (records.at(-1)?.offset ?? 0) + 1
  try {
    await sink.start(partition, { low, high, committed: undefined }, signal)
    const rejected = [...sink.add(partition, records, Date.now())]
    while (sink.buffered(partition).records > 0) {
      const flushed = await sink.flush(partition, signal)
      if (flushed !== 'lost') rejected.push(...flushed.rejected)
    }
    return rejected
  } finally {
    sink.drop(partition)
  }
}

function addTo<T>(groups: Map<number, T[]>, partition: number, one: T): void {
  const group = groups.get(partition)
  if (group) group.push(one)
  else groups.set(partition, [one])
}
