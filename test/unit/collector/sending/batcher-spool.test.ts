import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type BatcherOptions, createBatcher } from '../../../../collector/sending/batcher.ts'
import { createBreakers } from '../../../../collector/sending/breakers.ts'
import { unknownPartition } from '../../../../collector/spool/spool.ts'
import { TopicError, type TopicErrorCode } from '../../../../topic/topic.ts'
import { createFakeTopicWriter, type FakeTopicWriterOptions } from '../../../support/fake-topic-writer.ts'
import { createMemorySpool } from '../../../support/memory-spool.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function setUp(fake: FakeTopicWriterOptions = {}, options: Partial<BatcherOptions> = {}) {
  const logger = pino({ level: 'silent' })
  const writer = createFakeTopicWriter(fake)
  const spool = createMemorySpool(createBreakers({ logger, random: () => 1 }))
  return { writer, spool, batcher: createBatcher({ writer, spool, logger, ...options }) }
}

const acknowledged = { outcome: 'acknowledged', tooLarge: [] }
const unavailable = { outcome: 'unavailable' }
const never = () => new Promise<void>(() => {})
const fails = (code: TopicErrorCode) => () => Promise.reject(new TopicError(code, 'no'))
const values = (...texts: string[]) => texts.map(text => Buffer.from(text))
const spooled = ({ appends }: ReturnType<typeof createMemorySpool>) =>
  appends.map(({ partition, values }) => `${partition} ${values.join()}`)

test('spools with its partition what the topic refuses for now, and acknowledges it', async () => {
  const { spool, batcher } = setUp({ onAppend: fails('unavailable') })
  const both = Promise.all([batcher.append(2, values('a', 'b')), batcher.append(0, values('c'))])
  await vi.advanceTimersByTimeAsync(5)
  expect(await both).toEqual([acknowledged, acknowledged])
  expect(spooled(spool)).toEqual(['2 a,b', '0 c'])
  expect(batcher.inFlightBytes()).toBe(0)
})

test('spools what it has no right to append, and takes the topic for away until a trial tells otherwise', async () => {
  const { writer, spool, batcher } = setUp({ onAppend: fails('unauthorized') })
  const [first] = await Promise.all([batcher.append(0, values('a')), vi.advanceTimersByTimeAsync(5)])
  expect([first, await batcher.append(0, values('b'))]).toEqual([acknowledged, acknowledged])
  expect([writer.appends.length, spooled(spool)]).toEqual([1, ['0 a', '0 b']])
  expect([batcher.breaker(), batcher.topicAway(), batcher.trouble()]).toEqual(['open', true, 'no'])
})

test('does not spool what the topic refuses for good', async () => {
  const { spool, batcher } = setUp({ onAppend: fails('closed') })
  const [appended] = await Promise.all([batcher.append(0, values('a')), vi.advanceTimersByTimeAsync(5)])
  expect([appended, spooled(spool)]).toEqual([unavailable, []])
})

test('spools what waits behind a send that fails, without trying it', async () => {
  const onAppend = () =>
    new Promise<void>((_, reject) => setTimeout(() => reject(new TopicError('unavailable', 'no')), 20))
  const { writer, spool, batcher } = setUp({ onAppend })
  const first = batcher.append(0, values('a'))
  await vi.advanceTimersByTimeAsync(5)
  const waiting = batcher.append(0, values('b'))
  await vi.advanceTimersByTimeAsync(20)
  expect(await Promise.all([first, waiting])).toEqual([acknowledged, acknowledged])
  expect([writer.appends.length, spooled(spool)]).toEqual([1, ['0 a', '0 b']])
})

test('spools at the deadline, with what waits behind it, and from then on at once', async () => {
  const { writer, spool, batcher } = setUp({ onAppend: never }, { deadlineMs: 5_000 })
  const first = batcher.append(0, values('a'))
  await vi.advanceTimersByTimeAsync(4_000)
  const waiting = batcher.append(0, values('b'))
  await vi.advanceTimersByTimeAsync(999)
  expect(spooled(spool)).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(await Promise.all([first, waiting, batcher.append(0, values('c'))])).toEqual(Array(3).fill(acknowledged))
  expect(spooled(spool)).toEqual(['0 a', '0 b', '0 c'])
  expect([writer.appends.length, batcher.breaker(), batcher.sendsInFlight()]).toEqual([1, 'open', 0])
})

test('keeps the bytes of a send that hangs until it is over, and then closes the breaker', async () => {
  let answer = () => {}
  const onAppend = () => new Promise<void>(resolve => (answer = resolve))
  const { batcher } = setUp({ onAppend }, { deadlineMs: 1_000 })
  const first = batcher.append(0, values('abc'))
  await vi.advanceTimersByTimeAsync(1_000)
  expect([await first, batcher.inFlightBytes()]).toEqual([acknowledged, 3])
  answer()
  await vi.advanceTimersByTimeAsync(0)
  expect([batcher.inFlightBytes(), batcher.breaker()]).toEqual([0, 'closed'])
})

test('leaves the trial to the spool while that holds records of the partition, else gives it to a request', async () => {
  const { writer, spool, batcher } = setUp({ onAppend: fails('unavailable') })
  await Promise.all([batcher.append(0, values('a')), vi.advanceTimersByTimeAsync(5)])
  await vi.advanceTimersByTimeAsync(10_000)
  await batcher.append(0, values('b'))
  expect([writer.appends.length, spooled(spool)]).toEqual([1, ['0 a', '0 b']])
  spool.empty()
  await Promise.all([batcher.append(0, values('c')), vi.advanceTimersByTimeAsync(5)])
  expect([writer.appends.length, spooled(spool)]).toEqual([2, ['0 a', '0 b', '0 c']])
})

test('sends past the spool again once the topic is back, though the spool still holds records', async () => {
  const { writer, spool, batcher } = setUp({
    onAppend: async (_, __, call) => (call === 0 ? fails('storage')() : undefined),
  })
  await Promise.all([batcher.append(0, values('a')), vi.advanceTimersByTimeAsync(5)])
  spool.breakers.succeeded(0)
  const [later] = await Promise.all([batcher.append(0, values('b')), vi.advanceTimersByTimeAsync(5)])
  expect([later, writer.values.map(String), spooled(spool)]).toEqual([acknowledged, ['b'], ['0 a']])
})

test('is unavailable at once when the topic is away and the spool takes no more', async () => {
  const { spool, batcher } = setUp({ onAppend: fails('unavailable') })
  spool.take(false)
  const [first] = await Promise.all([batcher.append(0, values('a')), vi.advanceTimersByTimeAsync(5)])
  spool.take(true)
  await batcher.append(0, values('b'))
  spool.take(false)
  expect([first, await batcher.append(0, values('c'))]).toEqual([unavailable, unavailable])
  expect(batcher.inFlightBytes()).toBe(0)
})

test('spools before the topic is known, without a partition', async () => {
  const { spool, batcher } = setUp({ partitions: 0 })
  expect(await batcher.append(-1, values('a'))).toEqual(acknowledged)
  expect(spooled(spool)).toEqual([`${unknownPartition} a`])
})

test('names what is too large though the rest was spooled', async () => {
  const { spool, batcher } = setUp({ onAppend: fails('unavailable'), maxRecordBytes: 2 })
  const sent = values('aaa', 'b', 'ccc', 'd')
  const [appended] = await Promise.all([batcher.append(0, sent), vi.advanceTimersByTimeAsync(5)])
  expect([appended, spooled(spool)]).toEqual([{ outcome: 'acknowledged', tooLarge: [0, 2] }, ['0 b,d']])
})

test('refuses the overload of a topic that keeps acknowledging, and spools nothing of it', async () => {
  const onAppend = () => new Promise<void>(resolve => setTimeout(resolve, 10))
  const { spool, batcher } = setUp({ onAppend }, { maxRecords: 10, maxInFlight: 1 })
  const outcomes: { outcome: string; ms: number }[] = []
  let calls = 0
  // 100 kB each 10 ms is what the topic takes; twice as much comes.
  for (let ms = 0; ms < 3_000; ms += 5) {
    for (let count = 0; count < 10; count++) {
      const sentMs = performance.now()
      calls++
      void batcher.append(0, [Buffer.alloc(10_000)]).then(({ outcome }) => {
        outcomes.push({ outcome, ms: performance.now() - sentMs })
      })
    }
    await vi.advanceTimersByTimeAsync(5)
  }
  await vi.advanceTimersByTimeAsync(1_000)
  const taken = outcomes.filter(({ outcome }) => outcome === 'acknowledged')
  const refused = outcomes.filter(({ outcome }) => outcome === 'overloaded')
  expect(taken.length + refused.length).toBe(calls)
  expect(taken.length).toBeGreaterThan(0.95 * (calls / 2))
  expect(Math.max(...taken.map(({ ms }) => ms))).toBeLessThan(300)
  expect(Math.max(...refused.map(({ ms }) => ms))).toBeLessThan(5)
  expect(spooled(spool)).toEqual([])
})

test('waits out a pause of the topic without refusing', async () => {
  let paused = false
  const onAppend = () => new Promise<void>(resolve => setTimeout(resolve, paused ? 2_000 : 10))
  const { batcher } = setUp({ onAppend }, { maxRecords: 10, maxInFlight: 1 })
  const outcomes: string[] = []
  const load = async (ms: number) => {
    for (let at = 0; at < ms; at += 10) {
      for (let count = 0; count < 9; count++)
        void batcher.append(0, [Buffer.alloc(10_000)]).then(({ outcome }) => outcomes.push(outcome))
      await vi.advanceTimersByTimeAsync(10)
    }
  }
  await load(500)
  paused = true
  await load(1_500)
  expect(new Set(outcomes)).toEqual(new Set(['acknowledged']))
})

test('spools at close what the topic does not answer in time', async () => {
  const { spool, batcher } = setUp({ onAppend: never }, { closeDeadlineMs: 1_000, deadlineMs: 5_000 })
  const sent = batcher.append(0, values('a'))
  await vi.advanceTimersByTimeAsync(100)
  const waiting = batcher.append(0, values('b'))
  const closed = vi.fn()
  const closing = batcher.close().then(closed)
  await vi.advanceTimersByTimeAsync(999)
  expect(closed).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  await closing
  expect(await Promise.all([sent, waiting])).toEqual([acknowledged, acknowledged])
  expect(spooled(spool)).toEqual(['0 a', '0 b'])
  expect(await batcher.append(0, values('c'))).toEqual(unavailable)
})

test('does not let a send that hangs take the place of those after it', async () => {
  const onAppend = (_: number, __: unknown, call: number) => (call < 4 ? never() : Promise.resolve())
  const { spool, batcher } = setUp({ onAppend }, { maxRecords: 1, deadlineMs: 1_000 })
  const first = Promise.all(['a', 'b', 'c', 'd'].map(text => batcher.append(0, values(text))))
  await vi.advanceTimersByTimeAsync(1_000)
  await first
  spool.breakers.succeeded(0)
  const [later] = await Promise.all([batcher.append(0, values('e')), vi.advanceTimersByTimeAsync(5)])
  expect([later, spool.appends.length]).toEqual([acknowledged, 4])
})
