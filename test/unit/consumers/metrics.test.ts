import { pino } from 'pino'
import { Registry } from 'prom-client'
import { expect, it, vi } from 'vitest'
import { createConsumer } from '../../../consumers/consumer.ts'
import { createConsumerMetrics } from '../../../consumers/metrics.ts'
import { PartitionHalted, type Sink } from '../../../consumers/sink.ts'
import { createFakeReader } from '../../support/fake-reader.ts'
import { createFakeWriter } from '../../support/fake-writer.ts'
import { brokenRecord, logRecords, logStartMs } from '../../support/log-records.ts'
import { createMemorySink, type MemorySinkOptions } from '../../support/memory-sink.ts'

async function watched(
  sinkOptions: MemorySinkOptions,
  now: () => number = Date.now,
  wrap = (sink: Sink): Sink => sink,
) {
  const registry = new Registry()
  const reader = createFakeReader({ journal: [] })
  const consumer = createConsumer({
    reader,
    sink: wrap(createMemorySink({ maxAgeMs: 20, ...sinkOptions })),
    deadLetters: createFakeWriter('clicktrail-dlq', []),
    metrics: createConsumerMetrics(registry)('memory'),
    logger: pino({ level: 'silent' }),
    tickMs: 5,
    now,
    backoff: { baseMs: 1, maxMs: 5 },
  })
  await consumer.start()
  const lines = async () => (await registry.metrics()).split('\n').filter(line => !line.startsWith('#'))
  const shows = (...expected: string[]) =>
    vi.waitFor(async () => expect(await lines()).toEqual(expect.arrayContaining(expected)), { timeout: 3_000 })
  return { reader, consumer, shows }
}

it('shows everything at 0 before anything happens', async () => {
  const { consumer, shows } = await watched({})
  await shows(
    'clicktrail_consumer_records_landed_total{sink="memory"} 0',
    'clicktrail_consumer_copies_dropped_total{sink="memory"} 0',
    'clicktrail_consumer_gap_offsets_total{sink="memory"} 0',
    'clicktrail_consumer_rebalances_total{sink="memory"} 0',
    'clicktrail_consumer_lag_records{sink="memory"} 0',
    'clicktrail_consumer_lag_seconds{sink="memory"} 0',
    'clicktrail_consumer_records_redelivered_total{sink="memory"} 0',
    'clicktrail_consumer_storage_retries_total{sink="memory"} 0',
    'clicktrail_consumer_receive_to_stored_seconds_count{sink="memory"} 0',
    'clicktrail_consumer_dead_letters_total{sink="memory",reason="undecodable"} 0',
    'clicktrail_consumer_flush_duration_seconds_count{sink="memory",outcome="landed"} 0',
    'clicktrail_consumer_partitions{sink="memory",state="halted"} 0',
  )
  await consumer.close()
})

it('counts what lands, what is buried and how flushes end', async () => {
  const outcomes: (() => 'lost' | undefined)[] = [
    () => 'lost',
    () => {
      throw new Error('refused by the test')
    },
  ]
  const { reader, consumer, shows } = await watched({ onFlush: () => outcomes.shift()?.() })
  reader.append(0, logRecords(0, 0, 10))
  await reader.assign([0])
  await shows(
    'clicktrail_consumer_records_landed_total{sink="memory"} 10',
    'clicktrail_consumer_flush_duration_seconds_count{sink="memory",outcome="lost"} 1',
    'clicktrail_consumer_flush_duration_seconds_count{sink="memory",outcome="failed"} 1',
    'clicktrail_consumer_rebalances_total{sink="memory"} 1',
    'clicktrail_consumer_partitions{sink="memory",state="running"} 1',
    'clicktrail_consumer_buffered_records{sink="memory"} 0',
  )
  await consumer.close()
})

it('shows what is buffered, and a partition that waits for an operator', async () => {
  const { reader, consumer, shows } = await watched({
    maxAgeMs: 60_000,
    onStart(partition) {
      if (partition === 1) throw new PartitionHalted('the log ends before what has landed')
    },
  })
  const records = logRecords(0, 0, 3)
  const bytes = records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0)
  reader.append(0, [...records, brokenRecord(3)])
  await reader.assign([0, 1])
  await shows(
    `clicktrail_consumer_buffered_bytes{sink="memory"} ${bytes}`,
    'clicktrail_consumer_buffered_records{sink="memory"} 3',
    'clicktrail_consumer_dead_letters_total{sink="memory",reason="undecodable"} 1',
    'clicktrail_consumer_partitions{sink="memory",state="running"} 1',
    'clicktrail_consumer_partitions{sink="memory",state="halted"} 1',
  )
  await consumer.close()
})

it('shows how far behind it is and since when, and that it has caught up', async () => {
  const clock = { ms: logStartMs + 10_000 }
  let away = true
  const { reader, consumer, shows } = await watched(
    { maxAgeMs: 60_000, onFlush: () => (away ? 'lost' : undefined) },
    () => clock.ms,
  )
  reader.append(0, logRecords(0, 0, 3))
  await reader.assign([0])
  await shows('clicktrail_consumer_buffered_records{sink="memory"} 3')
  clock.ms += 20_000
  await shows(
    'clicktrail_consumer_lag_records{sink="memory"} 3',
    'clicktrail_consumer_lag_seconds{sink="memory"} 30',
    'clicktrail_consumer_oldest_unflushed_seconds{sink="memory"} 20',
    'clicktrail_consumer_commit_age_seconds{sink="memory"} 20',
  )
  away = false
  clock.ms += 40_000
  await shows(
    'clicktrail_consumer_lag_records{sink="memory"} 0',
    'clicktrail_consumer_lag_seconds{sink="memory"} 0',
    'clicktrail_consumer_oldest_unflushed_seconds{sink="memory"} 0',
    'clicktrail_consumer_commit_age_seconds{sink="memory"} 0',
    // The third record was received at 00:00:02, and is stored at 00:01:10.
    'clicktrail_consumer_receive_to_stored_seconds_sum{sink="memory"} 68',
    'clicktrail_consumer_receive_to_stored_seconds_count{sink="memory"} 1',
  )
  away = true
  reader.append(0, logRecords(0, 3, 4))
  await shows('clicktrail_consumer_lag_records{sink="memory"} 1')
  clock.ms += 5_000
  await shows('clicktrail_consumer_commit_age_seconds{sink="memory"} 5')
  await consumer.close()
})

it('does not tell how long records were on their way that had landed before and are only read again', async () => {
  const clock = { ms: logStartMs + 60_000 }
  const landed = logRecords(0, 0, 5).map(({ offset, timestampMs }) => ({ id: String(offset), offset, timestampMs }))
  const { reader, consumer, shows } = await watched(
    { storage: new Map([[0, landed]]) },
    () => clock.ms,
    sink => ({ ...sink, start: async (...given) => Math.max(0, (await sink.start(...given)) - 5) }),
  )
  reader.append(0, logRecords(0, 0, 5))
  await reader.assign([0])
  await vi.waitFor(() => expect(reader.position(0)).toBe(5))
  clock.ms += 1_000
  reader.append(0, logRecords(0, 5, 8))
  await shows('clicktrail_consumer_buffered_records{sink="memory"} 3')
  clock.ms += 60_000
  await shows(
    'clicktrail_consumer_records_landed_total{sink="memory"} 3',
    'clicktrail_consumer_receive_to_stored_seconds_count{sink="memory"} 1',
  )
  await consumer.close()
})

it('counts how long records took until a search found them, where the sink can tell', async () => {
  let tell: (seconds: number) => void = () => {}
  const { consumer, shows } = await watched({}, Date.now, sink => ({
    ...sink,
    searchable(heard) {
      tell = heard
    },
  }))
  await shows('clicktrail_consumer_receive_to_searchable_seconds_count{sink="memory"} 0')
  tell(1.5)
  await shows(
    'clicktrail_consumer_receive_to_searchable_seconds_count{sink="memory"} 1',
    'clicktrail_consumer_receive_to_searchable_seconds_sum{sink="memory"} 1.5',
  )
  await consumer.close()
})
