import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { LogRecord, ReaderHooks, TopicReader, TopicRecord, TopicWriter } from '../../topic/topic.ts'

/** A fresh topic of at least two partitions that takes values of 900,000 bytes. */
export interface TopicUnderTest {
  writer(): TopicWriter
  reader(group: string): TopicReader
  /** Makes `low` the first offset of the partition, as retention would. */
  truncate(partition: number, low: number): Promise<void>
  close(): Promise<void>
}

/** What a reader was told, in order. */
export interface Follower extends ReaderHooks {
  delivered: Map<number, LogRecord[]>
  assignments: number[][]
  revocations: number[][]
  failures: Error[]
  offsets(partition: number): number[]
}

/** Hooks that write down what they are told; `assigned` (default: go on at the group's default) runs inside the hook. */
export function follow(assigned: (partitions: readonly number[]) => Promise<void> = async () => {}): Follower {
  const follower: Follower = {
    delivered: new Map(),
    assignments: [],
    revocations: [],
    failures: [],
    offsets: partition => (follower.delivered.get(partition) ?? []).map(record => record.offset),
    async assigned(partitions) {
      follower.assignments.push([...partitions].sort())
      await assigned(partitions)
    },
    revoked: partitions => void follower.revocations.push([...partitions].sort()),
    records: (partition, records) =>
      void follower.delivered.set(partition, [...(follower.delivered.get(partition) ?? []), ...records]),
    failed: error => void follower.failures.push(error),
  }
  return follower
}

/** Polls until the assertion holds, 30 s at most. */
export function eventually(assertion: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(assertion, { timeout: 30_000, interval: 10 })
}

/** Offsets `from` … `to` − 1. */
export function offsetsBetween(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}

export function recordsOf(...values: string[]): TopicRecord[] {
  return values.map(value => ({ value: Buffer.from(value) }))
}

function numbered(count: number): TopicRecord[] {
  return recordsOf(...offsetsBetween(0, count).map(String))
}

/** What every implementation of the topic port promises. */
export function describeTopic(name: string, create: () => Promise<TopicUnderTest>): void {
  describe(name, () => {
    let topic: TopicUnderTest
    let writer: TopicWriter
    const readers: TopicReader[] = []

    const read = async (group: string, follower: Follower) => {
      const reader = topic.reader(group)
      readers.push(reader)
      await reader.start(follower)
      await eventually(() => expect(follower.assignments).toHaveLength(1))
      return reader
    }

    beforeEach(async () => {
      topic = await create()
      writer = topic.writer()
      await writer.ready()
    }, 60_000)

    afterEach(async () => {
      await Promise.all(readers.splice(0).map(reader => reader.close()))
      await writer.close()
      await topic.close()
    }, 60_000)

    test('delivers dense offsets from 0, in the order of the appends', async () => {
      await writer.append(0, recordsOf('a', 'b', 'c'))
      await writer.append(0, recordsOf('d'))
      const follower = follow()
      await read('g', follower)
      await eventually(() => expect(follower.offsets(0)).toEqual([0, 1, 2, 3]))
      expect(follower.delivered.get(0)?.map(record => Buffer.from(record.value ?? []).toString())).toEqual([
        'a',
        'b',
        'c',
        'd',
      ])
    })

    test('delivers to a reader that was there before the append', async () => {
      const follower = follow()
      await read('g', follower)
      await writer.append(1, recordsOf('late'))
      await eventually(() => expect(follower.offsets(1)).toEqual([0]))
    })

    test('takes appends that are not awaited one by one, each once', async () => {
      const values = offsetsBetween(0, 20).map(String)
      await Promise.all(values.map(value => writer.append(0, recordsOf(value))))
      const follower = follow()
      await read('g', follower)
      await eventually(() => expect(follower.offsets(0)).toEqual(offsetsBetween(0, 20)))
      const landed = follower.delivered.get(0)?.map(record => Buffer.from(record.value ?? []).toString())
      expect(landed?.sort()).toEqual(values.sort())
    })

    test('keeps headers, empty values and values of 900,000 bytes bit for bit', async () => {
      const large = randomBytes(900_000)
      const headers = { 'clicktrail.reason': 'invalid', 'name with ünïcode': '색깔' }
      await writer.append(0, [{ value: Buffer.alloc(0), headers }, { value: large }])
      const follower = follow()
      await read('g', follower)
      await eventually(() => expect(follower.offsets(0)).toEqual([0, 1]))
      const [first, second] = follower.delivered.get(0) ?? []
      expect(first?.headers).toEqual(headers)
      expect(first?.value?.byteLength).toBe(0)
      expect(second?.headers).toBeUndefined()
      expect(Buffer.from(second?.value ?? []).equals(large)).toBe(true)
    })

    test('stamps records with the time of the append, never backwards', async () => {
      const before = Date.now()
      await writer.append(0, numbered(2))
      await writer.append(0, numbered(2))
      const after = Date.now()
      const follower = follow()
      await read('g', follower)
      await eventually(() => expect(follower.offsets(0)).toHaveLength(4))
      const times = (follower.delivered.get(0) ?? []).map(record => record.timestampMs)
      expect(times).toEqual([...times].sort((a, b) => a - b))
      expect(times[0]).toBeGreaterThanOrEqual(before)
      expect(times[3]).toBeLessThanOrEqual(after)
    })

    test('delivers nothing before the assignment is worked through', async () => {
      await writer.append(0, numbered(5))
      let release = () => {}
      const follower = follow(() => new Promise(resolve => (release = resolve)))
      const reader = await read('g', follower)
      await writer.append(0, numbered(5))
      // A bounded round trip through the same broker or disk: time in which a wrong delivery would come.
      for (let round = 0; round < 50; round++) await reader.bounds(0)
      expect(follower.offsets(0)).toEqual([])
      release()
      await eventually(() => expect(follower.offsets(0)).toEqual(offsetsBetween(0, 10)))
    })

    test('assigns every partition to the only member, and starts where it seeks', async () => {
      await writer.append(0, numbered(10))
      await writer.append(1, numbered(10))
      const follower = follow(async () => {
        reader.seek(0, 7)
        reader.seek(1, 4)
      })
      const reader = topic.reader('g')
      readers.push(reader)
      await reader.start(follower)
      await eventually(() => expect(follower.offsets(1)).toEqual(offsetsBetween(4, 10)))
      await eventually(() => expect(follower.offsets(0)).toEqual(offsetsBetween(7, 10)))
      expect(follower.assignments).toEqual([offsetsBetween(0, writer.partitions())])
    })

    test('seeks back and forward while it delivers', async () => {
      await writer.append(0, numbered(30))
      const follower = follow()
      const reader = await read('g', follower)
      await eventually(() => expect(follower.offsets(0)).toEqual(offsetsBetween(0, 30)))
      follower.delivered.clear()
      reader.seek(0, 3)
      await eventually(() => expect(follower.offsets(0)).toEqual(offsetsBetween(3, 30)))
      follower.delivered.clear()
      reader.seek(0, 5)
      reader.seek(0, 28)
      await eventually(() => expect(follower.offsets(0)).toEqual([28, 29]))
    })

    test('waits at an offset that does not exist yet', async () => {
      await writer.append(0, numbered(5))
      const follower = follow(async () => {
        await reader.commit(0, 4, 'kept')
        reader.seek(0, 8)
      })
      const reader = topic.reader('g')
      readers.push(reader)
      await reader.start(follower)
      await writer.append(0, numbered(2))
      await writer.append(0, numbered(4))
      await eventually(() => expect(follower.offsets(0)).toEqual([8, 9, 10]))
      expect(await reader.committed(0)).toEqual({ next: 4, metadata: 'kept' })
    })

    test('goes on at the low watermark when it seeks below', async () => {
      await writer.append(0, numbered(10))
      await topic.truncate(0, 6)
      const follower = follow(async () => {
        await reader.commit(0, 7, 'kept')
        reader.seek(0, 2)
      })
      const reader = topic.reader('g')
      readers.push(reader)
      await reader.start(follower)
      await eventually(() => expect(follower.offsets(0)).toEqual(offsetsBetween(6, 10)))
      expect(await reader.bounds(0)).toEqual({ low: 6, high: 10 })
      expect(await reader.committed(0)).toEqual({ next: 7, metadata: 'kept' })
    })

    test('delivers nothing of a paused partition and goes on without a gap', async () => {
      const follower = follow(async () => reader.pause(0))
      const reader = topic.reader('g')
      readers.push(reader)
      await reader.start(follower)
      await writer.append(0, numbered(5))
      await writer.append(1, numbered(5))
      await eventually(() => expect(follower.offsets(1)).toEqual(offsetsBetween(0, 5)))
      expect(follower.offsets(0)).toEqual([])
      reader.resume(0)
      await eventually(() => expect(follower.offsets(0)).toEqual(offsetsBetween(0, 5)))
    })

    test('lets a delivery pause its own partition', async () => {
      const follower = follow()
      const reader = topic.reader('g')
      readers.push(reader)
      await reader.start({
        ...follower,
        records(partition, records) {
          follower.records(partition, records)
          reader.pause(partition)
        },
      })
      await writer.append(0, numbered(5))
      await eventually(() => expect(follower.offsets(0)[0]).toBe(0))
      const seen = follower.offsets(0).length
      await writer.append(0, numbered(5))
      await writer.append(1, numbered(1))
      await eventually(() => expect(follower.offsets(1)).toEqual([0]))
      expect(follower.offsets(0)).toHaveLength(seen)
    })

    test('remembers a commit with its metadata for the next reader of the group', async () => {
      await writer.append(0, numbered(10))
      const first = await read('g', follow())
      await first.commit(0, 6, '1763693084123 tab-6')
      await first.close()
      const follower = follow()
      const second = await read('g', follower)
      expect(await second.committed(0)).toEqual({ next: 6, metadata: '1763693084123 tab-6' })
      expect(await second.committed(1)).toBeUndefined()
      await eventually(() => expect(follower.offsets(0)).toEqual(offsetsBetween(6, 10)))
    })

    test('keeps two groups apart', async () => {
      await writer.append(0, numbered(4))
      const one = follow()
      const two = follow()
      const reader = await read('one', one)
      await eventually(() => expect(one.offsets(0)).toEqual(offsetsBetween(0, 4)))
      await reader.commit(0, 3, '')
      const other = await read('two', two)
      await eventually(() => expect(two.offsets(0)).toEqual(offsetsBetween(0, 4)))
      expect(await other.committed(0)).toBeUndefined()
    })

    test('refuses commits before the start and after the close as fenced', async () => {
      const reader = topic.reader('g')
      await expect(reader.commit(0, 0, '')).rejects.toMatchObject({ name: 'TopicError', code: 'fenced' })
      const follower = follow()
      readers.push(reader)
      await reader.start(follower)
      await eventually(() => expect(follower.assignments).toHaveLength(1))
      await reader.close()
      await expect(reader.commit(0, 0, '')).rejects.toMatchObject({ name: 'TopicError', code: 'fenced' })
    })

    test('tells the bounds of each partition', async () => {
      await writer.append(1, numbered(3))
      const reader = await read('g', follow())
      expect(await reader.bounds(0)).toEqual({ low: 0, high: 0 })
      expect(await reader.bounds(1)).toEqual({ low: 0, high: 3 })
    })

    test('finds the first offset at or after a time', async () => {
      await writer.append(0, numbered(2))
      const start = Date.now()
      await eventually(() => expect(Date.now()).toBeGreaterThan(start + 1))
      await writer.append(0, numbered(2))
      const follower = follow()
      const reader = await read('g', follower)
      await eventually(() => expect(follower.offsets(0)).toHaveLength(4))
      const times = (follower.delivered.get(0) ?? []).map(record => record.timestampMs)
      expect(await reader.offsetAt(0, 0)).toBe(0)
      expect(await reader.offsetAt(0, times[2] ?? 0)).toBe(2)
      expect(await reader.offsetAt(0, (times[1] ?? 0) + 1)).toBe(2)
      expect(await reader.offsetAt(0, (times[3] ?? 0) + 1)).toBe(4)
      expect(await reader.offsetAt(1, 0)).toBe(0)
    })

    test('makes a failed assignment fatal', async () => {
      const follower = follow(() => Promise.reject(new Error('the storage is not ours')))
      const reader = topic.reader('g')
      readers.push(reader)
      await reader.start(follower)
      await eventually(() =>
        expect(follower.failures.map(failure => failure.message)).toEqual(['the storage is not ours']),
      )
    })

    test('names the record that is too large', async () => {
      const records = [...numbered(2), { value: Buffer.alloc(writer.maxRecordBytes() + 200_000) }, ...numbered(1)]
      await expect(writer.append(0, records)).rejects.toMatchObject({ code: 'record_too_large', index: 2 })
    })

    test('refuses an append to a partition that does not exist, and after the close', async () => {
      await expect(writer.append(99, numbered(1))).rejects.toMatchObject({ name: 'TopicError' })
      await writer.close()
      await expect(writer.append(0, numbered(1))).rejects.toMatchObject({ name: 'TopicError', code: 'closed' })
    })
  })
}
