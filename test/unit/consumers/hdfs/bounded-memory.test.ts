import { gunzipSync } from 'node:zlib'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { createConsumer } from '../../../../consumers/consumer.ts'
import { createHdfsSink } from '../../../../consumers/hdfs/sink.ts'
import { createFakeReader } from '../../../support/fake-reader.ts'
import { createFakeTopicWriter } from '../../../support/fake-topic-writer.ts'
import { logRecords } from '../../../support/log-records.ts'
import { createMemoryStorage } from '../../../support/memory-landing-store.ts'
import { until } from '../../../support/until.ts'

const logger = pino({ level: 'silent' })

/** A writer whose storage takes no file before `open()`. */
async function setUp({ maxQueueBytes, batch }: { maxQueueBytes: number; batch: number }) {
  let open: () => void = () => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  const storage = createMemoryStorage()
  const staged: string[] = []
  const store = storage.store(async (operation, path) => {
    if (operation !== 'stage') return undefined
    staged.push(path)
    await opened
    return undefined
  })
  const reader = createFakeReader({ topic: 't', batch })
  const sink = createHdfsSink({ store, topic: 't', logger })
  const deadLetters = createFakeTopicWriter()
  const consumer = createConsumer({ reader, sink, deadLetters, logger, maxQueueBytes, tickMs: 5 })
  await consumer.start()
  const held = () => consumer.status().reduce((sum, one) => sum + one.buffered.bytes, 0)
  return { reader, consumer, storage, staged, held, open }
}

test('a storage that takes nothing pauses all partitions at the limit, the fullest is flushed first, and all lands later', async () => {
  const { reader, consumer, storage, staged, held, open } = await setUp({ maxQueueBytes: 100_000, batch: 10 })
  reader.append(0, logRecords(0, 0, 3_000))
  reader.append(1, logRecords(1, 0, 20))
  await reader.assign([0, 1])
  await until(() => reader.paused.size === 2 && staged.length > 0, { what: 'the pause', everyMs: 5 })
  const position = reader.position(0) ?? 0
  expect(position).toBeLessThan(1_000)
  expect(held()).toBeLessThan(130_000)
  expect(staged[0]).toContain('events-p00-')
  open()
  await until(() => reader.position(0) === 3_000, { what: 'the rest', everyMs: 5 })
  await consumer.close()
  const text = [...storage.files.values()].map(content => gunzipSync(content).toString()).join('')
  const offsets = text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line).kafka)
  const of = (partition: number) => offsets.filter(one => one.partition === partition).map(one => one.offset)
  expect(of(0).sort((a, b) => a - b)).toEqual(Array.from({ length: 3_000 }, (_, offset) => offset))
  expect(of(1)).toHaveLength(20)
})

test('a partition that is busy landing is paused before it holds more than a few megabytes, the others are not', async () => {
  const { reader, consumer, staged, held, open } = await setUp({ maxQueueBytes: 256_000_000, batch: 2_000 })
  reader.append(0, logRecords(0, 0, 1))
  reader.append(1, logRecords(1, 0, 1))
  await reader.assign([0, 1])
  await until(() => held() > 0, { what: 'the first records', everyMs: 5 })
  const late = logRecords(0, 1, 20_000)
  const hourLater = late.map(record => ({ ...record, timestampMs: record.timestampMs + 3_600_000 }))
  reader.append(0, hourLater.slice(0, 1))
  await until(() => staged.length === 1, { what: 'the flush', everyMs: 5 })
  reader.append(0, hourLater.slice(1))
  await until(() => reader.paused.has(0), { what: 'the pause', everyMs: 5 })
  expect([...reader.paused]).toEqual([0])
  expect(held()).toBeLessThan(6_000_000)
  open()
  await until(() => reader.position(0) === 20_000, { what: 'the rest', everyMs: 5 })
  await consumer.close()
})
