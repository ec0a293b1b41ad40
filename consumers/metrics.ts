import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { PartitionStatus } from './partition-status.ts'
import { type RejectReason, rejectReasons, type Sink } from './sink.ts'

/** What a flush came to: `lost` when somebody else landed the range, or the answer is not known. */
export type FlushOutcome = 'landed' | 'lost' | 'failed'

/** A consumer, as far as its metrics go. */
export interface Watched {
  sink: Pick<Sink, 'counts' | 'storage' | 'searchable'>
  status(): readonly PartitionStatus[]
}

/** What the loop of one sink tells; the rest is read from it when somebody asks. */
export interface ConsumerMetrics {
  flushed(outcome: FlushOutcome, seconds: number): void
  /** A record is durable so many seconds after the collector received it: told of ten a second and partition at most. */
  stored(seconds: number): void
  /** A record was kept in the dead letters. */
  buried(reason: RejectReason): void
  /** Partitions were assigned. */
  assigned(): void
  /** From now on `/metrics` shows what this consumer holds. */
  watch(consumer: Watched): void
}

/** For a loop that nobody watches. */
export const noMetrics: ConsumerMetrics = {
  flushed() {},
  stored() {},
  buried() {},
  assigned() {},
  watch() {},
}

const prefix = 'clicktrail_consumer_'
const flushSeconds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
/** Files wait for ten minutes, a partition that waits for its storage as long as that is away. */
const roadSeconds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1200, 3600]
const states: readonly PartitionStatus['state'][] = ['starting', 'running', 'halted', 'ended']

/**
 * The metrics of all consumers of a process, in `registry`. The result makes those of one sink, which are its label: all at 0.
 * Called once a registry.
 */
export function createConsumerMetrics(registry: Registry): (sink: string) => ConsumerMetrics {
  const registers = [registry]
  const watched = new Map<string, Watched>()
  const flush = new Histogram({
    name: `${prefix}flush_duration_seconds`,
    help: 'From the begin of a flush to its outcome.',
    labelNames: ['sink', 'outcome'],
    buckets: flushSeconds,
    registers,
  })
  const road = new Histogram({
    name: `${prefix}receive_to_stored_seconds`,
    help: 'From the collector to the storage, of ten records a second and partition at most: landed in a file, or stored in Elasticsearch.',
    labelNames: ['sink'],
    buckets: roadSeconds,
    registers,
  })
  const searchable = new Histogram({
    name: `${prefix}receive_to_searchable_seconds`,
    help: 'From the collector until a search in Elasticsearch finds it, of one record every five seconds and process at most.',
    labelNames: ['sink'],
    buckets: roadSeconds,
    registers,
  })
  const buried = new Counter({
    name: `${prefix}dead_letters_total`,
    help: 'Records that were kept in the dead letters.',
    labelNames: ['sink', 'reason'],
    registers,
  })
  const assigned = new Counter({
    name: `${prefix}rebalances_total`,
    help: 'Assignments of partitions: each follows a rebalance of the group.',
    labelNames: ['sink'],
    registers,
  })

  function total(name: string, help: string, read: (sink: Watched['sink']) => number): void {
    new Counter({
      name: `${prefix}${name}_total`,
      help,
      labelNames: ['sink'],
      registers,
      collect() {
        this.reset()
        for (const [name, { sink }] of watched) this.inc({ sink: name }, read(sink))
      },
    })
  }

  function gauge(name: string, help: string, read: (status: readonly PartitionStatus[]) => number): void {
    new Gauge({
      name: `${prefix}${name}`,
      help,
      labelNames: ['sink'],
      registers,
      collect() {
        for (const [sink, { status }] of watched) this.set({ sink }, read(status()))
      },
    })
  }

  total('records_landed', 'Records that the storage has.', sink => sink.counts().landed)
  total(
    'records_redelivered',
    'Records that the storage had already, from the same offset.',
    sink => sink.counts().redelivered,
  )
  total(
    'storage_retries',
    'Requests to the storage that were made again after it could not take them.',
    sink => sink.storage?.().retries ?? 0,
  )
  total('copies_dropped', 'Copies of an event that was there.', sink => sink.counts().copies)
  total('gap_offsets', 'Offsets that were gone before they could be read.', sink => sink.counts().gapOffsets)
  gauge('buffered_records', 'Records that are read and not durable.', all => sum(all, one => one.buffered.records))
  gauge('buffered_bytes', 'What they weigh.', all => sum(all, one => one.buffered.bytes))
  gauge('lag_records', 'Records on the log that are not durable in the storage.', all =>
    sum(all, one => one.progress.lagRecords),
  )
  gauge('lag_seconds', 'For how long the oldest of them has been on the log.', all =>
    most(all, one => one.progress.lagSeconds),
  )
  gauge('oldest_unflushed_seconds', 'Since when the oldest buffered record is held here.', all =>
    most(all, one => one.unflushedSeconds),
  )
  gauge(
    'commit_age_seconds',
    'Since the last commit of the partition that waits longest for one; 0 with nothing to commit.',
    all => most(all, one => one.progress.commitAgeSeconds),
  )
  new Counter({
    name: `${prefix}documents_answered_total`,
    help: 'Documents by what became of them in a bulk: created, conflict (is there), retry (no room), reject, split (too large a bulk), stop (no right).',
    labelNames: ['sink', 'outcome'],
    registers,
    collect() {
      this.reset()
      for (const [name, { sink }] of watched)
        for (const [outcome, documents] of sink.storage?.().answers ?? []) this.inc({ sink: name, outcome }, documents)
    },
  })
  new Gauge({
    name: `${prefix}partitions`,
    help: 'Partitions that this process has, by state; a halted one waits for an operator.',
    labelNames: ['sink', 'state'],
    registers,
    collect() {
      for (const [sink, { status }] of watched) {
        const all = status()
        for (const state of states) this.set({ sink, state }, all.filter(one => one.state === state).length)
      }
    },
  })

  return sink => {
    for (const outcome of ['landed', 'lost', 'failed'] satisfies FlushOutcome[]) flush.zero({ sink, outcome })
    for (const reason of rejectReasons) buried.inc({ sink, reason }, 0)
    assigned.inc({ sink }, 0)
    road.zero({ sink })
    return {
      stored: seconds => road.observe({ sink }, seconds),
      flushed: (outcome, seconds) => flush.observe({ sink, outcome }, seconds),
      buried: reason => buried.inc({ sink, reason }),
      assigned: () => assigned.inc({ sink }),
      watch(consumer) {
        watched.set(sink, consumer)
        if (!consumer.sink.searchable) return
        searchable.zero({ sink })
        consumer.sink.searchable(seconds => searchable.observe({ sink }, seconds))
      },
    }
  }
}

function sum(all: readonly PartitionStatus[], read: (status: PartitionStatus) => number): number {
  return all.reduce((total, one) => total + read(one), 0)
}

function most(all: readonly PartitionStatus[], read: (status: PartitionStatus) => number): number {
  return all.reduce((most, one) => Math.max(most, read(one)), 0)
}
