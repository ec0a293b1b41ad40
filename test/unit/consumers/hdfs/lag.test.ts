import { pino } from 'pino'
import { Registry } from 'prom-client'
import { afterEach, expect, it, vi } from 'vitest'
import { createConsumer } from '../../../../consumers/consumer.ts'
import { createConsumerMetrics } from '../../../../consumers/metrics.ts'
import { TopicError } from '../../../../topic/topic.ts'
import { createFakeReader } from '../../../support/fake-reader.ts'
import { createFakeWriter } from '../../../support/fake-writer.ts'
import { sinkInto } from '../../../support/landed-table.ts'
import { brokenRecord, logRecord, logRecords, logStartMs } from '../../../support/log-records.ts'
import { createMemoryStorage } from '../../../support/memory-landing-store.ts'

vi.setConfig({ testTimeout: 60_000 })
const until = { timeout: 10_000, interval: 10 }

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** A writer of one partition, an hour after its records were appended; files land after a second. */
async function writer(storage = createMemoryStorage(() => logStartMs)) {
  const clock = { ms: logStartMs + 3_600_000 }
  const reader = createFakeReader({ journal: [] })
  const deadLetters = createFakeWriter('clicktrail-dlq', [])
  const registry = new Registry()
  const consumer = createConsumer({
    reader,
    sink: sinkInto(storage.store(), { maxAgeMs: 1_000 }),
    deadLetters,
    metrics: createConsumerMetrics(registry)('hdfs'),
    logger: pino({ level: 'silent' }),
    tickMs: 5,
    now: () => clock.ms,
    backoff: { baseMs: 1, maxMs: 5 },
  })
  await consumer.start()
  closers.push(() => consumer.close())
  const shows = (...figures: string[]) =>
    vi.waitFor(async () => {
      const lines = (await registry.metrics()).split('\n')
      expect(lines).toEqual(expect.arrayContaining(figures.map(one => `clicktrail_consumer_${one}`)))
    }, until)
  return { clock, reader, deadLetters, shows, storage }
}

const behind = (records: number, seconds: number) => [
  `lag_records{sink="hdfs"} ${records}`,
  `lag_seconds{sink="hdfs"} ${seconds}`,
]
const copyOf = (offset: number, at: number) => ({ ...logRecord(0, offset), offset: at, timestampMs: logStartMs })

it('has caught up when the last record of the log is a copy', async () => {
  const { clock, reader, shows } = await writer()
  reader.append(0, logRecords(0, 0, 1))
  await reader.assign([0])
  await shows('buffered_records{sink="hdfs"} 1', ...behind(1, 3_600))
  clock.ms += 2_000
  await shows('records_landed_total{sink="hdfs"} 1', ...behind(0, 0))
  reader.append(0, [copyOf(0, 1)])
  await vi.waitFor(() => expect(reader.position(0)).toBe(2), until)
  clock.ms += 60_000
  await shows(...behind(0, 0), 'commit_age_seconds{sink="hdfs"} 0')
  expect(reader.commits.at(-1)?.next).toBe(1)
})

it('has caught up when the last record of the log is a dead letter, but not before that is buried', async () => {
  const { clock, reader, deadLetters, shows } = await writer()
  reader.append(0, logRecords(0, 0, 1))
  await reader.assign([0])
  await shows('buffered_records{sink="hdfs"} 1')
  clock.ms += 2_000
  await shows('records_landed_total{sink="hdfs"} 1', ...behind(0, 0))
  deadLetters.error = new TopicError('unavailable', 'append: no leader')
  reader.append(0, [brokenRecord(1)])
  await vi.waitFor(() => expect(deadLetters.tries).toBeGreaterThan(1), until)
  await shows('lag_records{sink="hdfs"} 1')
  deadLetters.error = undefined
  await shows('dead_letters_total{sink="hdfs",reason="undecodable"} 1', ...behind(0, 0))
  expect(reader.commits.at(-1)?.next).toBe(1)
})

it('has caught up after a restart that reads what has landed once more', async () => {
  const first = await writer()
  first.reader.append(0, logRecords(0, 0, 3))
  await first.reader.assign([0])
  await first.shows('buffered_records{sink="hdfs"} 3')
  first.clock.ms += 2_000
  await first.shows('records_landed_total{sink="hdfs"} 3')
  const { reader, shows } = await writer(first.storage)
  reader.append(0, [...logRecords(0, 0, 3), copyOf(1, 3)])
  await reader.assign([0])
  await vi.waitFor(() => expect(reader.position(0)).toBe(4), until)
  await shows('records_landed_total{sink="hdfs"} 0', ...behind(0, 0))
})
