import { describe, expect, it } from 'vitest'
import type { Assignment, Rejected, Sink } from '../../consumers/sink.ts'
import type { LogRecord } from '../../topic/topic.ts'
import { brokenRecord, logRecords } from './log-records.ts'

export interface Landed {
  offset: number
  id: string
}

/** One storage, fresh for each test, and sinks over it. */
export interface SinkUnderTest {
  /** A new sink over the same storage, as after a restart or as a rival. */
  open(): Sink
  /** What is durable of a partition, in any order; a record that landed twice is there twice. */
  landed(partition: number): Promise<Landed[]>
  close(): Promise<void>
}

const never = () => new AbortController().signal
const sorted = (landed: Landed[]) => landed.toSorted((a, b) => a.offset - b.offset)
const expected = (log: readonly LogRecord[], partition: number) =>
  log.map(({ offset }) => ({ offset, id: expect.stringMatching(new RegExp(`-${offset + 1}$`)), partition }))

/** What every sink promises (consumers/sink.ts), on whatever storage. `create` makes an empty one. */
export function describeSink(name: string, create: () => Promise<SinkUnderTest>): void {
  const partition = 3

  async function start(sink: Sink, log: readonly LogRecord[], more: Partial<Assignment> = {}): Promise<number> {
    const high = (log.at(-1)?.offset ?? -1) + 1
    return sink.start(partition, { low: 0, high, committed: undefined, ...more }, never())
  }

  function add(sink: Sink, log: readonly LogRecord[], from: number): readonly Rejected[] {
    return sink.add(
      partition,
      log.filter(record => record.offset >= from),
      0,
    )
  }

  /** Flushes until the buffer is empty, as the loop does. */
  async function flushAll(sink: Sink): Promise<{ next: number; metadata: string } | 'lost'> {
    for (let turn = 0; turn < 100; turn++) {
      const flushed = await sink.flush(partition, never())
      if (flushed === 'lost') return 'lost'
      if (sink.buffered(partition).records === 0) return { next: flushed.next, metadata: flushed.metadata }
    }
    throw new Error('the buffer never became empty')
  }

  async function feed(sink: Sink, log: readonly LogRecord[], more: Partial<Assignment> = {}) {
    add(sink, log, await start(sink, log, more))
    return flushAll(sink)
  }

  const withStorage = (body: (storage: SinkUnderTest) => Promise<void>) => async () => {
    const storage = await create()
    try {
      await body(storage)
    } finally {
      await storage.close()
    }
  }

  async function expectLanded(storage: SinkUnderTest, log: readonly LogRecord[]): Promise<void> {
    const landed = sorted(await storage.landed(partition))
    expect(landed.map(one => ({ ...one, partition }))).toEqual(expected(log, partition))
  }

  describe(`sink: ${name}`, () => {
    it(
      'starts at the low watermark when nothing has landed',
      withStorage(async storage => {
        const log = logRecords(partition, 5, 8)
        const sink = storage.open()
        expect(await start(sink, log, { low: 5 })).toBe(5)
        await sink.close()
      }),
    )

    it(
      'lands each record once and says what is next',
      withStorage(async storage => {
        const log = logRecords(partition, 0, 25)
        const sink = storage.open()
        expect(await feed(sink, log)).toMatchObject({ next: 25 })
        await expectLanded(storage, log)
        expect(sink.counts()).toEqual({ landed: 25, redelivered: 0, copies: 0, gapOffsets: 0 })
        await sink.close()
      }),
    )

    it(
      'weighs what it buffers and nothing after the flush',
      withStorage(async storage => {
        const log = logRecords(partition, 0, 3)
        const sink = storage.open()
        add(sink, log, await start(sink, log))
        expect(sink.buffered(partition)).toMatchObject({ records: 3, sinceMs: 0 })
        expect(sink.buffered(partition).bytes).toBeGreaterThan(0)
        await flushAll(sink)
        expect(sink.buffered(partition)).toEqual({ records: 0, bytes: 0, sinceMs: undefined })
        await sink.close()
      }),
    )

    for (const commits of [true, false]) {
      it(
        `repeats nothing after a restart ${commits ? 'with' : 'without'} a commit`,
        withStorage(async storage => {
          const log = logRecords(partition, 0, 20)
          const first = storage.open()
          const flushed = await feed(first, log.slice(0, 12))
          if (flushed === 'lost') throw new Error('lost')
          await first.close()
          const second = storage.open()
          expect(await feed(second, log, commits ? { committed: flushed } : {})).toMatchObject({ next: 20 })
          await expectLanded(storage, log)
          await second.close()
        }),
      )
    }

    it(
      'lands each record once when two sinks have the same range',
      withStorage(async storage => {
        const log = logRecords(partition, 0, 10)
        const [one, other] = [storage.open(), storage.open()]
        add(one, log, await start(one, log))
        add(other, log, await start(other, log))
        expect(await flushAll(one)).toMatchObject({ next: 10 })
        if ((await flushAll(other)) === 'lost') {
          const from = await start(other, log)
          add(other, log, from)
          expect(await flushAll(other)).toMatchObject({ next: 10 })
        }
        await expectLanded(storage, log)
        await Promise.all([one.close(), other.close()])
      }),
    )

    it(
      'may be flushed with nothing buffered',
      withStorage(async storage => {
        const sink = storage.open()
        expect(await start(sink, [], { low: 7, high: 7 })).toBe(7)
        expect(await sink.flush(partition, never())).toMatchObject({ rejected: [] })
        expect(await storage.landed(partition)).toEqual([])
        await sink.close()
      }),
    )

    it(
      'forgets what it buffered when it is dropped or started again',
      withStorage(async storage => {
        const log = logRecords(partition, 0, 4)
        const sink = storage.open()
        add(sink, log, await start(sink, log))
        sink.drop(partition)
        expect(sink.buffered(partition).records).toBe(0)
        add(sink, log, await start(sink, log))
        await start(sink, log)
        expect(sink.buffered(partition).records).toBe(0)
        expect(await storage.landed(partition)).toEqual([])
        await sink.close()
      }),
    )

    it(
      'hands back what it cannot decode and passes over it',
      withStorage(async storage => {
        const good = logRecords(partition, 0, 6)
        const log = [
          ...good.slice(0, 2),
          brokenRecord(2),
          ...good.slice(3, 5),
          brokenRecord(5, '{"site":"x"}'),
          ...logRecords(partition, 6, 8),
        ]
        const sink = storage.open()
        const rejected = add(sink, log, await start(sink, log))
        expect(rejected.map(({ record, reason }) => [record.offset, reason])).toEqual([
          [2, 'undecodable'],
          [5, 'invalid'],
        ])
        expect(await flushAll(sink)).toMatchObject({ next: 8 })
        await expectLanded(
          storage,
          log.filter(record => ![2, 5].includes(record.offset)),
        )
        await sink.close()
      }),
    )

    it(
      'keeps partitions apart',
      withStorage(async storage => {
        const sink = storage.open()
        const log = logRecords(partition, 0, 3)
        const others = logRecords(4, 0, 5)
        add(sink, log, await start(sink, log))
        await sink.start(4, { low: 0, high: 5, committed: undefined }, never())
        sink.add(4, others, 0)
        await flushAll(sink)
        expect(sink.buffered(4).records).toBe(5)
        sink.drop(4)
        expect(await storage.landed(4)).toEqual([])
        await expectLanded(storage, log)
        await sink.close()
      }),
    )
  })
}
