import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type BatcherOptions, createBatcher } from '../../../../collector/sending/batcher.ts'
import { TopicError, type TopicRecord } from '../../../../topic/topic.ts'
import { createFakeTopicWriter, type FakeTopicWriterOptions } from '../../../support/fake-topic-writer.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function setUp(fake: FakeTopicWriterOptions = {}, options: Partial<BatcherOptions> = {}) {
  const writer = createFakeTopicWriter(fake)
  return { writer, batcher: createBatcher({ writer, logger: pino({ level: 'silent' }), ...options }) }
}

function values(count: number, bytes = 10): Buffer[] {
  return Array.from({ length: count }, (_, at) => Buffer.alloc(bytes, at))
}

/** Appends that wait until `open` is called. */
function gate() {
  let open = () => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { onAppend: () => opened, open }
}

const acknowledged = { outcome: 'acknowledged', tooLarge: [] }
const unavailable = { outcome: 'unavailable' }
const never = () => new Promise<void>(() => {})
const sizes = (appends: readonly { records: readonly TopicRecord[] }[]) => appends.map(({ records }) => records.length)

describe('a send', () => {
  test('gathers what comes within the linger, in order', async () => {
    const { writer, batcher } = setUp({}, { lingerMs: 5 })
    const first = batcher.append(0, [Buffer.from('a'), Buffer.from('b')])
    await vi.advanceTimersByTimeAsync(4)
    const second = batcher.append(0, [Buffer.from('c')])
    expect(writer.appends).toHaveLength(0)
    await vi.advanceTimersByTimeAsync(1)
    expect(await Promise.all([first, second])).toEqual([acknowledged, acknowledged])
    expect(sizes(writer.appends)).toEqual([3])
    expect(writer.values.map(String)).toEqual(['a', 'b', 'c'])
  })

  test('lingers again after a quiet time', async () => {
    const { writer, batcher } = setUp({}, { lingerMs: 5 })
    const first = batcher.append(0, values(1))
    await vi.advanceTimersByTimeAsync(100)
    await first
    const later = batcher.append(0, values(1))
    await vi.advanceTimersByTimeAsync(4)
    expect(sizes(writer.appends)).toEqual([1])
    await vi.advanceTimersByTimeAsync(1)
    await later
    expect(sizes(writer.appends)).toEqual([1, 1])
  })

  test('carries one partition only', async () => {
    const { writer, batcher } = setUp()
    const both = Promise.all([batcher.append(0, values(1)), batcher.append(2, values(2))])
    await vi.advanceTimersByTimeAsync(5)
    await both
    expect(writer.appends.map(({ partition, records }) => [partition, records.length])).toEqual([
      [0, 1],
      [2, 2],
    ])
  })

  test('goes without lingering once it is full by count', async () => {
    const { writer, batcher } = setUp({}, { maxRecords: 4 })
    await Promise.all([batcher.append(0, values(2)), batcher.append(0, values(2))])
    expect(sizes(writer.appends)).toEqual([4])
  })

  test('goes without lingering once it is full by bytes, and stays within them', async () => {
    const { writer, batcher } = setUp({}, { maxBytes: 1_000 })
    const all = Promise.all([1, 1, 1, 1, 1].map(count => batcher.append(0, values(count, 400))))
    await vi.advanceTimersByTimeAsync(0)
    expect(sizes(writer.appends)).toEqual([2, 2])
    await vi.advanceTimersByTimeAsync(5)
    await all
    expect(sizes(writer.appends)).toEqual([2, 2, 1])
  })

  test('stays within what the topic takes at once', async () => {
    const { writer, batcher } = setUp({ maxRecordBytes: 500 })
    const all = Promise.all([1, 1, 1, 1].map(count => batcher.append(0, values(count, 200))))
    await Promise.all([all, vi.advanceTimersByTimeAsync(5)])
    expect(sizes(writer.appends)).toEqual([2, 2])
  })

  test('keeps the records of a request together', async () => {
    const { writer, batcher } = setUp({}, { maxRecords: 4 })
    const all = Promise.all([3, 3, 6].map(count => batcher.append(0, values(count))))
    await Promise.all([all, vi.advanceTimersByTimeAsync(5)])
    expect(sizes(writer.appends)).toEqual([3, 3, 6])
  })

  test('waits for the one in flight while less than a whole send waits', async () => {
    const { onAppend, open } = gate()
    const { writer, batcher } = setUp({ onAppend }, { maxRecords: 10, maxInFlight: 4 })
    const all = [batcher.append(0, values(1))]
    await vi.advanceTimersByTimeAsync(5)
    all.push(batcher.append(0, values(9)))
    await vi.advanceTimersByTimeAsync(100)
    expect(sizes(writer.appends)).toEqual([1])
    all.push(batcher.append(0, values(1)))
    await vi.advanceTimersByTimeAsync(0)
    expect(sizes(writer.appends)).toEqual([1, 10])
    open()
    await Promise.all(all)
  })

  test.each([1, 4])('waits for others while %i are in flight on its partition', async maxInFlight => {
    const { onAppend, open } = gate()
    const { writer, batcher } = setUp({ onAppend }, { maxInFlight, maxRecords: 1 })
    const all = Promise.all(values(10).map(value => batcher.append(0, [value])))
    await vi.advanceTimersByTimeAsync(100)
    expect(writer.appends).toHaveLength(maxInFlight)
    open()
    await all
    expect(writer.mostInFlight).toBe(maxInFlight)
    expect(writer.values).toHaveLength(10)
  })

  test('takes the whole backlog when the one before it is done', async () => {
    const { onAppend, open } = gate()
    const { writer, batcher } = setUp({ onAppend })
    const all = [batcher.append(0, values(1))]
    await vi.advanceTimersByTimeAsync(5)
    for (let at = 0; at < 20; at++) all.push(batcher.append(0, values(3)))
    await vi.advanceTimersByTimeAsync(5)
    open()
    await Promise.all(all)
    expect(sizes(writer.appends)).toEqual([1, 60])
  })
})

describe('the deadline', () => {
  test('makes what hangs unavailable, not before', async () => {
    const { batcher } = setUp({ onAppend: never }, { deadlineMs: 5_000 })
    const settled = vi.fn()
    const appended = batcher.append(0, values(1)).finally(settled)
    await vi.advanceTimersByTimeAsync(4_999)
    expect(settled).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(await appended).toEqual({ outcome: 'unavailable' })
  })

  test('drops what was still waiting and frees its bytes, but not those in flight', async () => {
    const { onAppend, open } = gate()
    const { writer, batcher } = setUp({ onAppend }, { deadlineMs: 1_000 })
    const first = batcher.append(0, values(1, 100))
    await vi.advanceTimersByTimeAsync(5)
    const second = batcher.append(0, values(3, 100))
    expect(batcher.inFlightBytes()).toBe(400)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await Promise.all([first, second])).toEqual([{ outcome: 'unavailable' }, { outcome: 'unavailable' }])
    expect(batcher.inFlightBytes()).toBe(100)
    open()
    await vi.advanceTimersByTimeAsync(10)
    expect(batcher.inFlightBytes()).toBe(0)
    expect(sizes(writer.appends)).toEqual([1])
  })
})

describe('an append that fails', () => {
  test('makes its requests unavailable, and those after it, until a trial tells that the topic is back', async () => {
    const onAppend = async (_: number, __: unknown, call: number) => {
      if (call === 0) throw new TopicError('unavailable', 'no leader')
    }
    const { batcher } = setUp({ onAppend })
    const [first] = await Promise.all([batcher.append(0, values(2)), vi.advanceTimersByTimeAsync(5)])
    expect([first, await batcher.append(0, values(2))]).toEqual([unavailable, unavailable])
    expect(batcher.breaker()).toBe('open')
    await vi.advanceTimersByTimeAsync(250)
    const trial = batcher.append(0, values(2))
    expect(batcher.breaker()).toBe('half_open')
    expect(await batcher.append(0, values(2))).toEqual(unavailable)
    await vi.advanceTimersByTimeAsync(5)
    expect(await trial).toEqual(acknowledged)
    expect(batcher.breaker()).toBe('closed')
    expect(batcher.inFlightBytes()).toBe(0)
  })

  test('leaves the other partitions alone', async () => {
    const onAppend = async (partition: number) => {
      if (partition === 0) throw new TopicError('unavailable', 'no leader')
    }
    const { batcher } = setUp({ onAppend })
    await Promise.all([batcher.append(0, values(1)), vi.advanceTimersByTimeAsync(5)])
    const [other] = await Promise.all([batcher.append(1, values(1)), vi.advanceTimersByTimeAsync(5)])
    expect(other).toEqual(acknowledged)
  })

  test('for good opens no breaker', async () => {
    const { batcher } = setUp({ onAppend: () => Promise.reject(new TopicError('closed', 'no')) })
    const [first] = await Promise.all([batcher.append(0, values(1)), vi.advanceTimersByTimeAsync(5)])
    expect([first, batcher.breaker()]).toEqual([unavailable, 'closed'])
  })

  test.each([
    ['is too large', { maxRecordBytes: 100 }, [Buffer.alloc(101)], { outcome: 'acknowledged', tooLarge: [0] }],
    ['finds no room', {}, [Buffer.alloc(901)], { outcome: 'overloaded' }],
  ])('leaves the trial to the next request when one that %s is refused', async (_, fake, refused, outcome) => {
    const { onAppend: hold, open } = gate()
    const onAppend = (partition: number, _: unknown, call: number) =>
      call === 0
        ? Promise.reject(new TopicError('unavailable', 'no leader'))
        : partition === 1
          ? hold()
          : Promise.resolve()
    const { batcher } = setUp({ ...fake, onAppend }, { maxInFlightBytes: 1_000 })
    await Promise.all([batcher.append(0, values(1)), vi.advanceTimersByTimeAsync(5)])
    const other = batcher.append(1, values(1, 100))
    await vi.advanceTimersByTimeAsync(250)
    expect(await batcher.append(0, refused)).toEqual(outcome)
    expect(batcher.breaker()).toBe('open')
    const [trial] = await Promise.all([batcher.append(0, values(1)), vi.advanceTimersByTimeAsync(5)])
    expect([trial, batcher.breaker()]).toEqual([acknowledged, 'closed'])
    open()
    await other
  })

  test('with the index of no record is not sent again', async () => {
    const onAppend = () => Promise.reject(new TopicError('record_too_large', 'too large', { index: 7 }))
    const { writer, batcher } = setUp({ onAppend })
    const [appended] = await Promise.all([batcher.append(0, values(2)), vi.advanceTimersByTimeAsync(5)])
    expect([appended, writer.appends.length]).toEqual([unavailable, 1])
  })

  test('for one record refuses that record and sends the others again, in order', async () => {
    const large = Buffer.from('large')
    const onAppend = async (_: number, records: readonly TopicRecord[]) => {
      const index = records.findIndex(({ value }) => value === large)
      if (index >= 0) throw new TopicError('record_too_large', 'too large', { index })
    }
    const { writer, batcher } = setUp({ onAppend })
    const first = batcher.append(0, [Buffer.from('a'), large])
    const second = batcher.append(0, [large, Buffer.from('b'), large])
    await vi.advanceTimersByTimeAsync(5)
    expect(await first).toEqual({ outcome: 'acknowledged', tooLarge: [1] })
    expect(await second).toEqual({ outcome: 'acknowledged', tooLarge: [0, 2] })
    expect(writer.values.map(String)).toEqual(['a', 'b'])
    expect(batcher.inFlightBytes()).toBe(0)
  })
})

describe('an append of which the topic took a part before a record that is too large', () => {
  const texts = (...all: string[]) => all.map(text => Buffer.from(text))

  /** Takes what stands before the first `large`, as a log does that is sent halves. */
  function halving() {
    const taken: string[] = []
    const onAppend = async (_: number, records: readonly TopicRecord[]) => {
      const index = records.findIndex(({ value }) => `${value}` === 'large')
      const before = index < 0 ? records : records.slice(0, index)
      taken.push(...before.map(({ value }) => `${value}`))
      if (index >= 0) throw new TopicError('record_too_large', 'too large', { index, acknowledged: index })
    }
    return { taken, onAppend }
  }

  test('sends none of that part again, and names the right ones as too large', async () => {
    const { taken, onAppend } = halving()
    const { batcher } = setUp({ onAppend })
    const all = [texts('a', 'b'), texts('c', 'large', 'd', 'large', 'e'), texts('large'), texts('f')]
    const outcomes = Promise.all(all.map(values => batcher.append(0, values)))
    await vi.advanceTimersByTimeAsync(5)
    expect(await outcomes).toEqual([
      acknowledged,
      { outcome: 'acknowledged', tooLarge: [1, 3] },
      { outcome: 'acknowledged', tooLarge: [0] },
      acknowledged,
    ])
    expect(taken).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    expect(batcher.inFlightBytes()).toBe(0)
  })

  test('sends nothing at all again when only the last one is too large', async () => {
    const { taken, onAppend } = halving()
    const { writer, batcher } = setUp({ onAppend })
    const [appended] = await Promise.all([batcher.append(0, texts('a', 'large')), vi.advanceTimersByTimeAsync(5)])
    expect(appended).toEqual({ outcome: 'acknowledged', tooLarge: [1] })
    expect([writer.appends.length, taken]).toEqual([1, ['a']])
  })
})

describe('a record larger than the topic takes', () => {
  test('is refused before it is sent, and the others are taken', async () => {
    const { writer, batcher } = setUp({ maxRecordBytes: 100 })
    const sent = [Buffer.alloc(100), Buffer.alloc(101), Buffer.alloc(1)]
    const [appended] = await Promise.all([batcher.append(0, sent), vi.advanceTimersByTimeAsync(5)])
    expect(appended).toEqual({ outcome: 'acknowledged', tooLarge: [1] })
    expect(writer.values).toHaveLength(2)
  })

  test('sends nothing when it is alone', async () => {
    const { writer, batcher } = setUp({ maxRecordBytes: 100 })
    expect(await batcher.append(0, [Buffer.alloc(101)])).toEqual({ outcome: 'acknowledged', tooLarge: [0] })
    expect(writer.appends).toEqual([])
  })
})

test('refuses what would exceed the bytes in flight, until there is room again', async () => {
  const { onAppend, open } = gate()
  const { batcher } = setUp({ onAppend }, { maxInFlightBytes: 100 })
  const first = batcher.append(0, values(1, 60))
  expect(await batcher.append(1, values(1, 41))).toEqual({ outcome: 'overloaded' })
  const fits = batcher.append(1, values(1, 40))
  await vi.advanceTimersByTimeAsync(5)
  open()
  expect(await Promise.all([first, fits])).toEqual([acknowledged, acknowledged])
  const later = batcher.append(1, values(1, 100))
  await vi.advanceTimersByTimeAsync(5)
  expect(await later).toEqual(acknowledged)
})

describe('closing', () => {
  test('sends what lingers at once and waits for its acknowledgement', async () => {
    const { onAppend, open } = gate()
    const { writer, batcher } = setUp({ onAppend }, { lingerMs: 1_000 })
    const appended = batcher.append(0, values(2))
    const closed = vi.fn()
    const closing = batcher.close().then(closed)
    await vi.advanceTimersByTimeAsync(0)
    expect(sizes(writer.appends)).toEqual([2])
    expect(closed).not.toHaveBeenCalled()
    open()
    expect(await appended).toEqual(acknowledged)
    await closing
  })

  test('takes no longer than the deadline', async () => {
    const { batcher } = setUp({ onAppend: never }, { deadlineMs: 5_000 })
    const appended = batcher.append(0, values(1))
    const closing = batcher.close()
    await vi.advanceTimersByTimeAsync(5_000)
    await closing
    expect(await appended).toEqual({ outcome: 'unavailable' })
  })

  test('makes later requests unavailable', async () => {
    const { writer, batcher } = setUp()
    await batcher.close()
    expect(await batcher.append(0, values(1))).toEqual({ outcome: 'unavailable' })
    expect(writer.appends).toEqual([])
  })
})
