import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { open } from 'lmdb'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createBreakers } from '../../../../collector/sending/breakers.ts'
import { openSpool, type Spool, type SpoolOptions, unknownPartition } from '../../../../collector/spool/spool.ts'
import { partitionOf } from '../../../../topic/partition-of.ts'
import { TopicError, type TopicRecord } from '../../../../topic/topic.ts'
import { createFakeTopicWriter, type FakeTopicWriter } from '../../../support/fake-topic-writer.ts'
import { until } from '../../../support/until.ts'

let dir: string
let spools: Spool[]
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'clicktrail-spool-'))
  spools = []
})
afterEach(async () => {
  await Promise.all(spools.map(spool => spool.close()))
  rmSync(dir, { recursive: true, force: true })
})

const logger = pino({ level: 'silent' })
const away = () => Promise.reject(new TopicError('unavailable', 'away'))
const never = () => new Promise<void>(() => {})

function openAt(writer: FakeTopicWriter, options: Partial<SpoolOptions> = {}): Spool {
  const breakers = createBreakers({ logger, firstWaitMs: 5, maxWaitMs: 20 })
  const spool = openSpool({ dir, maxBytes: 1_000_000, writer, logger, breakers, closeMs: 50, ...options })
  spools.push(spool)
  return spool
}

const values = (...texts: string[]) => texts.map(text => Buffer.from(text))
const drained = (spool: Spool) => until(() => spool.bytes() === 0, { what: 'the spool to be empty', everyMs: 5 })
const sent = (writer: FakeTopicWriter) =>
  writer.appends.flatMap(({ partition, records }) => records.map(({ value }) => `${partition} ${value}`))

test('sends what it took to its partition, in order, and is empty then', async () => {
  const writer = createFakeTopicWriter()
  const spool = openAt(writer)
  expect(await spool.append(1, values('a', 'b'))).toBe(true)
  expect(await spool.append(1, values('c'))).toBe(true)
  await drained(spool)
  expect(sent(writer)).toEqual(['1 a', '1 b', '1 c'])
  expect([spool.holds(1), spool.oldestMs()]).toEqual([false, undefined])
  expect(spool.figures()).toMatchObject({ appendedRecords: 3, drainedRecords: 3, bytes: 0 })
})

test('keeps what the topic does not take, over a restart, until it does', async () => {
  const first = openAt(createFakeTopicWriter({ onAppend: away }), { now: () => 7_000 })
  await first.append(2, values('a', 'b'))
  await until(() => first.breakers.stateOf(2) === 'open', { what: 'the breaker to open', everyMs: 1 })
  expect([first.holds(2), first.oldestMs()]).toEqual([true, 7_000])
  await first.close()
  const writer = createFakeTopicWriter()
  await drained(openAt(writer))
  expect(sent(writer)).toEqual(['2 a', '2 b'])
})

test('removes a record only after the acknowledgement of the topic', async () => {
  const hanging = createFakeTopicWriter({ onAppend: never })
  const first = openAt(hanging)
  await first.append(0, values('a'))
  await until(() => hanging.appends.length === 1, { what: 'the send', everyMs: 5 })
  expect(first.holds(0)).toBe(true)
  await first.close()
  const writer = createFakeTopicWriter()
  await drained(openAt(writer))
  expect(sent(writer)).toEqual(['0 a'])
})

test('tries again what the topic refused, and closes the breaker when it is taken', async () => {
  const writer = createFakeTopicWriter({ onAppend: (_, __, call) => (call < 3 ? away() : Promise.resolve()) })
  const spool = openAt(writer)
  await spool.append(0, values('a'))
  await drained(spool)
  expect([sent(writer), spool.breakers.state()]).toEqual([['0 a', '0 a', '0 a', '0 a'], 'closed'])
})

test('drains the other partitions while one is away', async () => {
  const writer = createFakeTopicWriter({ onAppend: partition => (partition === 0 ? away() : Promise.resolve()) })
  const spool = openAt(writer)
  await spool.append(0, values('a'))
  await spool.append(1, values('b'))
  await until(() => !spool.holds(1), { what: 'partition 1 to be drained', everyMs: 5 })
  expect([spool.holds(0), writer.values.map(String)]).toEqual([true, ['b']])
})

test('sends no faster than its rate', async () => {
  const writer = createFakeTopicWriter()
  const spool = openAt(writer, { drainBytesPerSecond: 1_000_000, maxBytes: 10_000_000 })
  const startedMs = performance.now()
  for (let count = 0; count < 4; count++) await spool.append(count % 2, [Buffer.alloc(100_000)])
  await drained(spool)
  expect(performance.now() - startedMs).toBeGreaterThan(290)
})

test('holds no more than its bytes, and takes again when there is room', async () => {
  let back = false
  const writer = createFakeTopicWriter({ onAppend: () => (back ? Promise.resolve() : away()) })
  const spool = openAt(writer, { maxBytes: 300 })
  const frame = (text: string) => values(text.padEnd(85))
  expect(await Promise.all(['a', 'b', 'c', 'd'].map(text => spool.append(0, frame(text))))).toEqual([
    true,
    true,
    true,
    false,
  ])
  expect([spool.bytes(), spool.state()]).toEqual([300, 'full'])
  back = true
  await drained(spool)
  expect([await spool.append(0, frame('e')), spool.state()]).toEqual([true, 'taking'])
  await drained(spool)
  expect(sent(writer).filter(line => line.includes('d'))).toEqual([])
})

test('decides the partition by the tab when it was not known, once it is', async () => {
  const writer = createFakeTopicWriter({ partitions: 0 })
  const spool = openAt(writer)
  const tabs = ['tab-a', 'tab-b', 'tab-c', 'tab-d', 'tab-e', 'tab-f']
  await spool.append(unknownPartition, values(...tabs.map(id => JSON.stringify({ tab: { id } })), 'no JSON'))
  await wait(150)
  expect(sent(writer)).toEqual([])
  writer.setPartitions(3)
  await drained(spool)
  const expected = tabs.map(id => `${partitionOf(id, 3)} ${JSON.stringify({ tab: { id } })}`)
  expect(sent(writer).toSorted()).toEqual([...expected, `${partitionOf('', 3)} no JSON`].toSorted())
})

test.each([
  ['refuses', away],
  ['hangs until it refuses', () => wait(300).then(away)],
])('sends records without a partition to any that takes them while the one of their tab %s', async (_, refuse) => {
  const writer = createFakeTopicWriter({
    partitions: 0,
    onAppend: partition => (partition === 0 ? refuse() : Promise.resolve()),
  })
  const spool = openAt(writer)
  const tabs = Array.from({ length: 1_200 }, (_, at) => JSON.stringify({ tab: { id: `tab-${at}` } }))
  await spool.append(unknownPartition, values(...tabs))
  await spool.append(2, values('of partition 2'))
  writer.setPartitions(3)
  await drained(spool)
  expect(writer.values.map(String).toSorted()).toEqual([...tabs, 'of partition 2'].toSorted())
  expect(spool.figures()).toMatchObject({ drainedRecords: 1_201 })
})

test('sends records without a partition again when all partitions were away', async () => {
  let back = false
  const writer = createFakeTopicWriter({ onAppend: () => (back ? Promise.resolve() : away()) })
  const spool = openAt(writer)
  const tabs = Array.from({ length: 20 }, (_, at) => JSON.stringify({ tab: { id: `tab-${at}` } }))
  await spool.append(unknownPartition, values(...tabs))
  await until(() => [0, 1, 2].every(partition => spool.breakers.stateOf(partition) !== 'closed'), {
    what: 'all breakers to open',
    everyMs: 1,
  })
  back = true
  await drained(spool)
  expect(writer.values.map(String).toSorted()).toEqual(tabs.toSorted())
})

test('takes nothing when it may hold no bytes, and drains what is in it', async () => {
  const first = openAt(createFakeTopicWriter({ onAppend: away }))
  await first.append(1, values('a'))
  await first.close()
  const writer = createFakeTopicWriter()
  const second = openAt(writer, { maxBytes: 0 })
  expect([await second.append(1, values('b')), second.state()]).toEqual([false, 'off'])
  await drained(second)
  expect(sent(writer)).toEqual(['1 a'])
})

test('finds another partition for records of one that the topic no longer has', async () => {
  const first = openAt(createFakeTopicWriter({ onAppend: away }))
  const record = JSON.stringify({ tab: { id: 'tab-a' } })
  await first.append(2, values(record))
  await first.close()
  const writer = createFakeTopicWriter({ partitions: 2 })
  await drained(openAt(writer))
  expect(sent(writer)).toEqual([`${partitionOf('tab-a', 2)} ${record}`])
})

test('sets a damaged record aside, counts it, and sends the others', async () => {
  const first = openAt(createFakeTopicWriter({ onAppend: away }))
  await first.append(1, values('good', 'damaged', 'good again'))
  await first.close()
  const env = open({ path: join(dir, 'log.mdb'), noSubdir: true, maxDbs: 4 })
  const records = env.openDB<Buffer, [number, number]>({ name: 'records', encoding: 'binary' })
  const frame = Buffer.from(records.get([1, 1]) ?? [])
  frame.writeUInt8(frame.readUInt8(frame.byteLength - 1) ^ 1, frame.byteLength - 1)
  await records.put([1, 1], frame)
  await env.close()

  const writer = createFakeTopicWriter()
  const second = openAt(writer)
  await drained(second)
  expect(sent(writer)).toEqual(['1 good', '1 good again'])
  expect(second.figures()).toMatchObject({ corruptRecords: 1, tooLargeRecords: 0 })
  await second.close()
  const after = open({ path: join(dir, 'log.mdb'), noSubdir: true, maxDbs: 4 })
  expect(after.openDB<Buffer, [number, number]>({ name: 'aside', encoding: 'binary' }).get([1, 1])).toEqual(frame)
  await after.close()
})

test('sets aside what has become too large for the topic, and sends the others', async () => {
  const onAppend = async (_: number, records: readonly TopicRecord[]) => {
    const index = records.findIndex(({ value }) => `${value}` === 'large')
    if (index >= 0) throw new TopicError('record_too_large', 'too large', { index })
  }
  const writer = createFakeTopicWriter({ onAppend })
  const spool = openAt(writer)
  await spool.append(0, values('a', 'large', 'b'))
  await drained(spool)
  expect(writer.values.map(String)).toEqual(['a', 'b'])
  expect(spool.figures()).toMatchObject({ drainedRecords: 2, corruptRecords: 0, tooLargeRecords: 1 })
})

test('sends nothing again that the topic has taken before a record that is too large', async () => {
  const taken: string[] = []
  const onAppend = async (_: number, records: readonly TopicRecord[]) => {
    const texts = records.map(({ value }) => `${value}`)
    const index = texts.indexOf('large')
    taken.push(...(index < 0 ? texts : texts.slice(0, index)))
    if (index >= 0) throw new TopicError('record_too_large', 'too large', { index, acknowledged: index })
  }
  const spool = openAt(createFakeTopicWriter({ onAppend }))
  await spool.append(0, values('a', 'b', 'large', 'c', 'large'))
  await drained(spool)
  expect(taken).toEqual(['a', 'b', 'c'])
  expect(spool.figures()).toMatchObject({ drainedRecords: 3, tooLargeRecords: 2 })
})

test('belongs to one owner at a time', () => {
  openAt(createFakeTopicWriter())
  expect(() => openAt(createFakeTopicWriter())).toThrow(`The spool in ${dir} is in use by process ${process.pid}`)
})

test('takes nothing after its end', async () => {
  const spool = openAt(createFakeTopicWriter())
  await spool.close()
  expect(await spool.append(0, values('a'))).toBe(false)
})
