import { pino } from 'pino'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type ConsumerOptions, createConsumer } from '../../../consumers/consumer.ts'
import { PartitionHalted } from '../../../consumers/sink.ts'
import { TopicError } from '../../../topic/topic.ts'
import { createFakeReader, type FakeReader } from '../../support/fake-reader.ts'
import { createFakeWriter } from '../../support/fake-writer.ts'
import { brokenRecord, logRecords } from '../../support/log-records.ts'
import { createMemorySink, type MemorySinkOptions, type MemoryStorage } from '../../support/memory-sink.ts'

const until = (condition: () => void) => vi.waitFor(condition, { timeout: 3_000, interval: 5 })
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** A gate that flushes wait at. */
function gate() {
  let open: () => void = () => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { opened, open }
}

async function setUp(sinkOptions: MemorySinkOptions = {}, options: Partial<ConsumerOptions> = {}) {
  const journal: string[] = []
  const storage: MemoryStorage = new Map()
  const reader = createFakeReader({ journal })
  const deadLetters = createFakeWriter('clicktrail-dlq', journal)
  const sink = createMemorySink({ storage, journal, maxAgeMs: 20, ...sinkOptions })
  const consumer = createConsumer({
    reader,
    sink,
    deadLetters,
    logger: pino({ level: 'silent' }),
    tickMs: 5,
    backoff: { baseMs: 1, maxMs: 5 },
    ...options,
  })
  await consumer.start()
  closers.push(() => consumer.close())
  const offsets = (partition: number) => (storage.get(partition) ?? []).map(one => one.offset)
  return { journal, storage, reader, deadLetters, sink, consumer, offsets }
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)
const nextOf = (reader: FakeReader, partition: number) => reader.commits.findLast(one => one.partition === partition)

describe('landing', () => {
  it('lands what is on the log and commits after the landing', async () => {
    const { reader, journal, offsets } = await setUp()
    reader.append(0, logRecords(0, 0, 10))
    await reader.assign([0])
    await until(() => expect(nextOf(reader, 0)?.next).toBe(10))
    expect(journal).toEqual(['land 0:0-9', 'commit 0:10'])
    expect(offsets(0)).toEqual(range(0, 10))
    expect(nextOf(reader, 0)?.metadata).toMatch(/^\d+ \S+-10$/)
  })

  it('flushes a trickle by age', async () => {
    const { reader } = await setUp()
    await reader.assign([0])
    reader.append(0, logRecords(0, 0, 1))
    await until(() => expect(nextOf(reader, 0)?.next).toBe(1))
  })

  it('starts where the storage says, whatever was committed', async () => {
    const { reader, storage, offsets } = await setUp()
    reader.append(0, logRecords(0, 0, 10))
    storage.set(
      0,
      range(0, 4).map(offset => ({ offset, id: `x-${offset}`, timestampMs: 0 })),
    )
    reader.recommit(0, { next: 8, metadata: '' })
    await reader.assign([0])
    await until(() => expect(nextOf(reader, 0)?.next).toBe(10))
    expect(reader.seeks).toEqual([{ partition: 0, offset: 4 }])
    expect(offsets(0)).toEqual(range(0, 10))
  })

  it('calls one method of a partition at a time and keeps what arrives meanwhile', async () => {
    const first = gate()
    let flushes = 0
    const { reader, sink, offsets } = await setUp({
      onFlush: () => (flushes++ === 0 ? first.opened.then(() => undefined) : undefined),
    })
    const add = vi.spyOn(sink, 'add')
    reader.append(0, logRecords(0, 0, 30))
    await reader.assign([0])
    await until(() => expect(reader.position(0)).toBe(30))
    expect(flushes).toBe(1)
    const before = add.mock.calls.length
    await new Promise(resolve => setImmediate(resolve))
    expect(add.mock.calls.length).toBe(before)
    first.open()
    await until(() => expect(offsets(0)).toEqual(range(0, 30)))
  })

  it('takes what piled up in slices, and lets others have their turn between them', async () => {
    const first = gate()
    let flushes = 0
    const { reader, sink, offsets } = await setUp({
      onFlush: () => (flushes++ === 0 ? first.opened.then(() => undefined) : undefined),
    })
    reader.append(0, logRecords(0, 0, 1_210))
    await reader.assign([0])
    await until(() => expect(reader.position(0)).toBe(1_210))
    let turn = 0
    const turns: number[] = []
    const sizes: number[] = []
    const { add } = sink
    vi.spyOn(sink, 'add').mockImplementation((partition, records, nowMs) => {
      turns.push(turn)
      sizes.push(records.length)
      return add(partition, records, nowMs)
    })
    const count = () => {
      turn++
      if (sizes.length < 3) setImmediate(count)
    }
    first.open()
    setImmediate(count)
    await until(() => expect(offsets(0)).toEqual(range(0, 1_210)))
    expect(sizes).toEqual([500, 500, 200])
    expect(new Set(turns).size).toBe(3)
  })

  it('runs partitions side by side: a stuck one holds up nobody', async () => {
    const { reader, sink, offsets } = await setUp(
      {
        onFlush: (partition, signal) =>
          partition === 0
            ? new Promise(resolve => signal.addEventListener('abort', () => resolve(undefined)))
            : undefined,
      },
      { closeTimeoutMs: 20 },
    )
    for (const partition of [0, 1]) reader.append(partition, logRecords(partition, 0, 10))
    await reader.assign([0, 1])
    await until(() => expect(nextOf(reader, 1)?.next).toBe(10))
    expect(offsets(0)).toEqual([])
    expect(sink.buffered(0).records).toBe(10)
  })

  it('goes on when a commit fails', async () => {
    const { reader, offsets } = await setUp()
    reader.commitError = new TopicError('unavailable', 'commit: no coordinator')
    reader.append(0, logRecords(0, 0, 10))
    await reader.assign([0])
    await until(() => expect(offsets(0)).toEqual(range(0, 10)))
    reader.commitError = undefined
    reader.append(0, logRecords(0, 10, 20))
    await until(() => expect(nextOf(reader, 0)?.next).toBe(20))
    expect(offsets(0)).toEqual(range(0, 20))
    expect(reader.seeks).toHaveLength(1)
  })
})

describe('dead letters', () => {
  it('writes what cannot be decoded before anything beyond it lands, and commits last', async () => {
    const { reader, journal, deadLetters } = await setUp()
    reader.append(0, [...logRecords(0, 0, 3), brokenRecord(3), ...logRecords(0, 4, 10)])
    await reader.assign([0])
    await until(() => expect(nextOf(reader, 0)?.next).toBe(10))
    expect(journal).toEqual(['dead 0:3', 'land 0:0-9', 'commit 0:10'])
    expect(deadLetters.appended).toHaveLength(1)
  })

  it('writes what the storage refused before the commit', async () => {
    const { reader, journal } = await setUp({ refuse: record => (record.offset === 4 ? 'mapping' : undefined) })
    reader.append(0, logRecords(0, 0, 10))
    await reader.assign([0])
    await until(() => expect(nextOf(reader, 0)?.next).toBe(10))
    expect(journal).toEqual(['land 0:0-9', 'dead 0:4', 'commit 0:10'])
  })

  it('commits past a partition that holds nothing else', async () => {
    const { reader, journal } = await setUp()
    reader.append(0, [brokenRecord(0), brokenRecord(1)])
    await reader.assign([0])
    await until(() => expect(nextOf(reader, 0)?.next).toBe(2))
    expect(journal).toEqual(['dead 0:0', 'dead 0:1', 'commit 0:2'])
  })

  it.each(['add', 'flush'])('waits, paused, while the topic is away and loses nothing that %s refused', async where => {
    const broken = where === 'add' ? [brokenRecord(3)] : logRecords(0, 3, 4)
    const { reader, journal, deadLetters } = await setUp({
      refuse: record => (record.offset === 3 ? 'mapping' : undefined),
    })
    deadLetters.error = new TopicError('unavailable', 'append: no leader')
    reader.append(0, [...logRecords(0, 0, 3), ...broken, ...logRecords(0, 4, 10)])
    await reader.assign([0])
    await until(() => expect(deadLetters.tries).toBeGreaterThan(3))
    expect(reader.paused).toContain(0)
    expect(journal.filter(line => line.startsWith('commit'))).toEqual([])
    if (where === 'add') expect(journal).toEqual([])
    deadLetters.error = undefined
    await until(() => expect(nextOf(reader, 0)?.next).toBe(10))
    expect(journal).toContain('dead 0:3')
    expect(reader.paused.size).toBe(0)
  })
})

describe('trouble', () => {
  it('starts the partition again when a flush is lost', async () => {
    let flushes = 0
    const { reader, offsets } = await setUp({ onFlush: () => (flushes++ < 3 ? 'lost' : undefined) })
    reader.append(0, logRecords(0, 0, 10))
    await reader.assign([0])
    await until(() => expect(nextOf(reader, 0)?.next).toBe(10))
    expect(reader.seeks.map(seek => seek.offset)).toEqual([0, 0, 0, 0])
    expect(offsets(0)).toEqual(range(0, 10))
  })

  it('starts the partition again with back-off when the sink throws, and skips nothing', async () => {
    let flushes = 0
    const { reader, offsets } = await setUp({
      onFlush: () => {
        if (flushes++ === 1) throw new Error('boom')
        return undefined
      },
    })
    reader.append(0, logRecords(0, 0, 30))
    await reader.assign([0])
    await until(() => expect(nextOf(reader, 0)?.next).toBe(30))
    expect(offsets(0)).toEqual(range(0, 30))
    expect(reader.seeks).toEqual([
      { partition: 0, offset: 0 },
      { partition: 0, offset: 10 },
    ])
  })

  it('lets the others go while one cannot start, and takes it up when it can', async () => {
    let broken = true
    const { reader, offsets } = await setUp({
      onStart: partition => {
        if (partition === 0 && broken) throw new Error('cannot list')
      },
    })
    for (const partition of [0, 1]) reader.append(partition, logRecords(partition, 0, 10))
    await reader.assign([0, 1])
    await until(() => expect(offsets(1)).toEqual(range(0, 10)))
    expect(reader.paused).toContain(0)
    broken = false
    await until(() => expect(offsets(0)).toEqual(range(0, 10)))
  })

  it('waits for bounds that are away', async () => {
    const { reader, offsets } = await setUp()
    reader.boundsError = new TopicError('unavailable', 'bounds: no leader')
    reader.append(0, logRecords(0, 0, 10))
    await reader.assign([0])
    reader.boundsError = undefined
    await until(() => expect(offsets(0)).toEqual(range(0, 10)))
  })

  it('asks for the bounds again before it halts: they may be old by the time they are looked at', async () => {
    let starts = 0
    const { reader, storage, consumer, offsets } = await setUp({
      onStart: () => {
        if (starts++ > 0) return
        reader.append(0, logRecords(0, 10, 15))
        const landed = range(0, 15).map(offset => ({ offset, id: `x-${offset}`, timestampMs: 0 }))
        storage.set(0, landed)
      },
    })
    reader.append(0, logRecords(0, 0, 10))
    await reader.assign([0])
    expect(consumer.halted).toEqual([])
    reader.append(0, logRecords(0, 15, 20))
    await until(() => expect(offsets(0)).toEqual(range(0, 20)))
    expect(starts).toBe(2)
  })

  it('halts one partition, says so and lets the others go', async () => {
    const { reader, consumer, offsets } = await setUp({
      onStart: partition => {
        if (partition === 0) throw new PartitionHalted('the log went backwards')
      },
    })
    for (const partition of [0, 1]) reader.append(partition, logRecords(partition, 0, 10))
    await reader.assign([0, 1])
    await until(() => expect(offsets(1)).toEqual(range(0, 10)))
    expect(consumer.halted).toMatchObject([{ partition: 0, halted: 'the log went backwards' }])
    expect(reader.paused).toContain(0)
    expect(offsets(0)).toEqual([])
  })

  it('halts a partition whose records are not the ones that landed', async () => {
    const { reader, sink, consumer, journal } = await setUp()
    vi.spyOn(sink, 'add').mockImplementation(() => {
      throw new PartitionHalted('another record lies at 4')
    })
    reader.append(0, logRecords(0, 0, 10))
    await reader.assign([0])
    await until(() => expect(consumer.halted).toHaveLength(1))
    expect(reader.paused).toContain(0)
    expect(journal).toEqual([])
  })

  it('rejects done when the reader died', async () => {
    const { reader, consumer } = await setUp()
    await reader.assign([0])
    reader.fail(new Error('crashed'))
    await expect(consumer.done).rejects.toThrow('crashed')
  })
})

describe('assignments', () => {
  it('commits nothing of a flush that was under way when the partition was revoked', async () => {
    const landing = gate()
    const { reader, journal, sink } = await setUp()
    const flush = vi.spyOn(sink, 'flush').mockImplementation(async () => {
      await landing.opened
      return { next: 10, metadata: '', rejected: [] }
    })
    const drop = vi.spyOn(sink, 'drop')
    reader.append(0, logRecords(0, 0, 10))
    await reader.assign([0])
    await until(() => expect(flush).toHaveBeenCalled())
    expect(flush.mock.calls[0]?.[1].aborted).toBe(false)
    reader.revoke([0])
    expect(flush.mock.calls[0]?.[1].aborted).toBe(true)
    landing.open()
    await until(() => expect(drop).toHaveBeenCalled())
    expect(journal).toEqual([])
  })

  it('starts a partition of the next assignment only when the flush of the last one has ended', async () => {
    const landing = gate()
    const calls: string[] = []
    let flushes = 0
    const { reader, offsets } = await setUp({
      onStart: () => void calls.push('start'),
      onFlush: async () => {
        if (flushes++ > 0) return undefined
        await landing.opened
        calls.push('flush ended')
        return undefined
      },
    })
    reader.append(0, logRecords(0, 0, 10))
    await reader.assign([0])
    await until(() => expect(flushes).toBe(1))
    const again = reader.assign([0])
    await new Promise(resolve => setImmediate(resolve))
    landing.open()
    await again
    expect(calls).toEqual(['start', 'flush ended', 'start'])
    await until(() => expect(nextOf(reader, 0)?.next).toBe(10))
    expect(offsets(0)).toEqual(range(0, 10))
  })

  it('drops the buffers of partitions that are gone', async () => {
    const { reader, sink, journal } = await setUp({ maxAgeMs: 60_000 })
    reader.append(0, logRecords(0, 0, 5))
    await reader.assign([0])
    await until(() => expect(sink.buffered(0).records).toBe(5))
    await reader.assign([1])
    await until(() => expect(sink.buffered(0).records).toBe(0))
    expect(journal).toEqual([])
  })
})

describe('the queue', () => {
  it('pauses every partition over the limit, flushes the fullest first, and resumes', async () => {
    const landing = gate()
    const { reader, consumer, journal, offsets } = await setUp(
      {
        maxRecords: 1_000,
        maxAgeMs: 60_000,
        onFlush: () => landing.opened.then(() => undefined),
      },
      { maxQueueBytes: 10_000 },
    )
    reader.append(0, logRecords(0, 0, 200))
    reader.append(1, logRecords(1, 0, 5))
    await reader.assign([0, 1])
    await until(() => expect([...reader.paused].sort()).toEqual([0, 1]))
    const held = consumer.status().reduce((sum, one) => sum + one.buffered.bytes, 0)
    // Records weigh less once they are in the sink; below four fifths the pause would end.
    expect(held).toBeGreaterThanOrEqual(8_000)
    expect(held).toBeLessThan(20_000)
    expect(reader.position(0)).toBeLessThan(200)
    landing.open()
    await until(() => expect(reader.position(0)).toBe(200))
    expect(journal[0]).toMatch(/^land 0:0-/)
    await consumer.close()
    expect(offsets(0)).toEqual(range(0, 200))
    expect(offsets(1)).toEqual(range(0, 5))
  })
})

describe('a revocation', () => {
  it('touches no partition that is gone, though the queue is over its limit', async () => {
    const { reader, sink, journal } = await setUp(
      {
        maxAgeMs: 60_000,
        maxRecords: 1_000,
        onFlush: (_, signal) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      },
      { maxQueueBytes: 4_000 },
    )
    for (const partition of [0, 1, 2]) reader.append(partition, logRecords(partition, 0, partition === 0 ? 20 : 1))
    await reader.assign([0, 1, 2])
    await until(() => expect(reader.paused.size).toBe(3))
    reader.revoke([0, 1])
    await reader.assign([])
    await until(() => expect([0, 1, 2].map(partition => sink.buffered(partition).records)).toEqual([0, 0, 0]))
    expect(journal).toEqual([])
  })
})

describe('close', () => {
  it('flushes and commits what is buffered, then leaves', async () => {
    const { reader, sink, consumer, offsets } = await setUp({ maxAgeMs: 60_000 })
    const closed = vi.spyOn(sink, 'close')
    reader.append(0, logRecords(0, 0, 5))
    await reader.assign([0])
    await until(() => expect(reader.position(0)).toBe(5))
    await consumer.close()
    expect(offsets(0)).toEqual(range(0, 5))
    expect(nextOf(reader, 0)?.next).toBe(5)
    expect(reader.closed).toBe(true)
    expect(closed).toHaveBeenCalledOnce()
    await consumer.done
  })

  it('gives up after its time limit and commits nothing that did not land', async () => {
    const { reader, consumer, journal } = await setUp(
      {
        maxAgeMs: 60_000,
        onFlush: (_, signal) => new Promise(resolve => signal.addEventListener('abort', () => resolve(undefined))),
      },
      { closeTimeoutMs: 30 },
    )
    reader.append(0, logRecords(0, 0, 5))
    await reader.assign([0])
    await until(() => expect(reader.position(0)).toBe(5))
    await consumer.close()
    expect(journal).toEqual([])
    expect(reader.closed).toBe(true)
  })

  it('may be called before a start and twice', async () => {
    const { consumer } = await setUp()
    await Promise.all([consumer.close(), consumer.close()])
    await consumer.done
  })
})
