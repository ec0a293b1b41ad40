import { gunzipSync } from 'node:zlib'
import { pino } from 'pino'
import { beforeEach, expect, test } from 'vitest'
import { createHdfsSink, type HdfsSinkOptions } from '../../../../consumers/hdfs/sink.ts'
import type { Flushed, Sink } from '../../../../consumers/sink.ts'
import type { LogRecord } from '../../../../topic/topic.ts'
import { describeSink } from '../../../support/describe-sink.ts'
import { logOf, logStartMs } from '../../../support/landing-log.ts'
import {
  createMemoryStorage,
  type MemoryStorage,
  type StoreFault,
  type StoreOperation,
} from '../../../support/memory-landing-store.ts'

const hour = 3_600_000
const { signal } = new AbortController()
const logger = pino({ level: 'silent' })
const path = (start: number, hr = '02', tag = 'p00') =>
  `dt=2026-11-21/hr=${hr}/events-${tag}-${String(start).padStart(20, '0')}.json.gz`

let storage: MemoryStorage
let nowMs: number
beforeEach(() => {
  nowMs = logStartMs
  storage = createMemoryStorage(() => nowMs)
})

function sinkOf(options: Partial<HdfsSinkOptions> = {}): Sink {
  return createHdfsSink({
    store: storage.store(),
    topic: 't',
    logger,
    now: () => nowMs,
    wait: async () => {},
    ...options,
  })
}

function faulty(faults: [StoreOperation, StoreFault][]) {
  return storage.store(async operation => {
    const index = faults.findIndex(([of]) => of === operation)
    return index < 0 ? undefined : faults.splice(index, 1)[0]?.[1]
  })
}

/** Starts the partition and adds the log from where the sink wants it. */
async function feed(sink: Sink, log: readonly LogRecord[], low = 0, committed?: { next: number; metadata: string }) {
  const high = (log.at(-1)?.offset ?? -1) + 1
  const from = await sink.start(0, { low, high, committed }, signal)
  return sink.add(
    0,
    log.filter(record => record.offset >= from),
    nowMs,
  )
}

async function flushAll(sink: Sink): Promise<Flushed | 'lost'> {
  for (;;) {
    const flushed = await sink.flush(0, signal)
    if (flushed === 'lost' || sink.buffered(0).records === 0) return flushed
  }
}

interface Row {
  event: { id: string }
  kafka: { topic: string; partition: number; offset: number; skipped?: number; generation?: number }
}
function rowsOf(file: string): Row[] {
  const text = gunzipSync(storage.files.get(file) ?? Buffer.alloc(0)).toString()
  return text
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))
}
const kafkaOf = (file: string) => rowsOf(file).map(row => row.kafka)

test('lands what was added in a file named after the first offset, and commits the last line’s offset + 1', async () => {
  const sink = sinkOf()
  await feed(sink, logOf(['a', 'b', 'c']))
  const flushed = await sink.flush(0, signal)
  expect(flushed).toEqual({ next: 3, metadata: `${logStartMs} c`, rejected: [] })
  expect([...storage.files.keys()]).toEqual([path(0)])
  expect(rowsOf(path(0)).map(row => row.event.id)).toEqual(['a', 'b', 'c'])
  expect(kafkaOf(path(0))[1]).toEqual({ topic: 't', partition: 0, offset: 1 })
  expect(storage.staged.size).toBe(0)
})

test('goes on after a restart where the newest file ends, whatever was committed', async () => {
  const log = logOf(['a', 'b', 'c', 'd'])
  const first = sinkOf()
  await feed(first, log.slice(0, 2))
  await flushAll(first)
  const second = sinkOf()
  await feed(second, log, 0, { next: 1, metadata: '' })
  await flushAll(second)
  expect([...storage.files.keys()]).toEqual([path(0), path(2)])
  expect(kafkaOf(path(2)).map(row => row.offset)).toEqual([2, 3])
})

test('begins at the committed offset when there is no file, and at the low watermark when there is no commit', async () => {
  const log = logOf(['a', 'b', 'c', 'd'])
  const committed = sinkOf()
  await feed(committed, log, 0, { next: 2, metadata: `${logStartMs} b` })
  await flushAll(committed)
  expect(kafkaOf(path(2)).map(row => row.offset)).toEqual([2, 3])
  storage.files.clear()
  const low = sinkOf()
  await feed(low, log.slice(1), 1)
  await flushAll(low)
  expect(kafkaOf(path(1)).map(row => row.offset)).toEqual([1, 2, 3])
})

test('counts what it passes over from the committed row on where no file is to be seen', async () => {
  const sink = sinkOf()
  await feed(sink, logOf(['a', 'b', 'a', 'c']), 0, { next: 2, metadata: `${logStartMs} b` })
  await flushAll(sink)
  expect(kafkaOf(path(2))).toEqual([{ topic: 't', partition: 0, offset: 3, skipped: 1 }])
})

test('passes over copies and undecodable records, and counts them in skipped', async () => {
  const sink = sinkOf()
  const rejected = await feed(sink, logOf(['a', 'a', null, 'b', 'b', 'c']))
  expect(rejected.map(({ record, reason }) => [record.offset, reason])).toEqual([[2, 'undecodable']])
  await flushAll(sink)
  expect(kafkaOf(path(0))).toEqual([
    { topic: 't', partition: 0, offset: 0 },
    { topic: 't', partition: 0, offset: 3, skipped: 2 },
    { topic: 't', partition: 0, offset: 5, skipped: 1 },
  ])
})

test('counts what was skipped between the last line before a restart and the first after it', async () => {
  const log = logOf(['a', 'b', 'a', 'b', 'c'])
  const first = sinkOf()
  await feed(first, log.slice(0, 2))
  await flushAll(first)
  const second = sinkOf()
  await feed(second, log)
  await flushAll(second)
  expect(kafkaOf(path(2))).toEqual([{ topic: 't', partition: 0, offset: 4, skipped: 2 }])
})

test.each([
  { width: 2, start: 0, offsets: [2] },
  { width: 1, start: 1, offsets: [2, 3] },
])('reads back over a window of $width to know copies after a restart', async ({ width, start, offsets }) => {
  const log = logOf(['x', 'a', 'b', 'a'])
  const first = sinkOf({ windowOffsets: width })
  await feed(first, log.slice(0, 2))
  await flushAll(first)
  const second = sinkOf({ windowOffsets: width })
  expect(await second.start(0, { low: 0, high: 4, committed: undefined }, signal)).toBe(start)
  await feed(second, log)
  await flushAll(second)
  expect(kafkaOf(path(2)).map(row => row.offset)).toEqual(offsets)
})

test('ends a file before a record of a later hour', async () => {
  const sink = sinkOf()
  await feed(
    sink,
    logOf(['a', 'b', 'c'], offset => logStartMs + (offset === 2 ? hour : 0)),
  )
  expect(sink.due(0, nowMs)).toBe(true)
  await flushAll(sink)
  expect([...storage.files.keys()]).toEqual([path(0), path(2, '03')])
})

test('names the hour of the first record from `next` on, even when that one is not landed', async () => {
  const sink = sinkOf()
  await feed(
    sink,
    logOf(['a', 'a', 'b', 'c'], offset => logStartMs + (offset >= 2 ? hour : 0)),
  )
  await flushAll(sink)
  expect([...storage.files.keys()]).toEqual([path(0), path(1), path(3, '03')])
  expect(kafkaOf(path(1)).map(row => row.offset)).toEqual([2])
})

test.each([
  { limits: { maxRecords: 2 }, starts: [0, 2, 4] },
  { limits: { maxBytes: 1 }, starts: [0, 1, 2, 3, 4] },
])('lands several files of one buffer with $limits', async ({ limits, starts }) => {
  const sink = sinkOf(limits)
  await feed(sink, logOf(['a', 'b', 'c', 'd', 'e']))
  expect(sink.due(0, nowMs)).toBe(true)
  await flushAll(sink)
  expect([...storage.files.keys()]).toEqual(starts.map(start => path(start)))
})

test('is due when its first record is old enough', async () => {
  const sink = sinkOf({ maxAgeMs: 1_000 })
  await feed(sink, logOf(['a']))
  expect([sink.due(0, nowMs + 999), sink.due(0, nowMs + 1_000)]).toEqual([false, true])
  expect(sink.buffered(0)).toMatchObject({ records: 1, sinceMs: nowMs })
})

test('loses to whoever landed the same name first, and leaves nothing staged', async () => {
  const log = logOf(['a', 'b', 'c'])
  const [one, other] = [sinkOf(), sinkOf()]
  await feed(one, log)
  await feed(other, log.slice(0, 2))
  await flushAll(other)
  expect(await one.flush(0, signal)).toBe('lost')
  expect(storage.staged.size).toBe(0)
  expect(one.buffered(0).records).toBe(0)
  expect(await one.flush(0, signal)).toBe('lost')
  await feed(one, log)
  await flushAll(one)
  expect(kafkaOf(path(2)).map(row => row.offset)).toEqual([2])
})

test.each(['fails', 'unanswered'] as const)(
  'starts again when the answer of the rename is not known (%s)',
  async fault => {
    const log = logOf(['a', 'b'])
    const sink = sinkOf({ store: faulty([['land', fault]]) })
    await feed(sink, log)
    expect(await sink.flush(0, signal)).toBe('lost')
    await feed(sink, log)
    expect(await flushAll(sink)).toMatchObject({ next: 2 })
    expect([...storage.files.keys()]).toEqual([path(0)])
  },
)

test('counts each time that it asked a storage that was away again', async () => {
  const sink = sinkOf({
    store: faulty([
      ['list', 'fails'],
      ['stage', 'fails'],
      ['stage', 'fails'],
    ]),
  })
  await feed(sink, logOf(['a']))
  await flushAll(sink)
  expect(sink.storage?.()).toEqual({ retries: 3 })
})

test('waits for a storage that is away, before and while it stages', async () => {
  const sink = sinkOf({
    store: faulty([
      ['list', 'fails'],
      ['list', 'fails'],
      ['stage', 'fails'],
      ['stage', 'unanswered'],
    ]),
  })
  await feed(sink, logOf(['a']))
  expect(await sink.flush(0, signal)).toMatchObject({ next: 1 })
})

test('stops waiting when it is told to', async () => {
  const controller = new AbortController()
  const store = storage.store(async operation => (operation === 'stage' ? 'fails' : undefined))
  const sink = sinkOf({ store, wait: async () => controller.abort(new Error('revoked')) })
  await feed(sink, logOf(['a']))
  await expect(sink.flush(0, controller.signal)).rejects.toThrow('revoked')
})

test('does not land a file that was revoked while it was staged', async () => {
  const controller = new AbortController()
  const sink = sinkOf({
    failpoint: name => (name === 'after-stage' ? controller.abort(new Error('revoked')) : undefined),
  })
  await feed(sink, logOf(['a']))
  await expect(sink.flush(0, controller.signal)).rejects.toThrow('revoked')
  expect([storage.files.size, storage.staged.size]).toEqual([0, 0])
})

test('gives up what has been staged for nearly an hour', async () => {
  const sink = sinkOf({
    failpoint: name => {
      if (name === 'after-stage') nowMs += 59 * 60_000
    },
  })
  await feed(sink, logOf(['a']))
  expect(await sink.flush(0, signal)).toBe('lost')
  expect(storage.files.size).toBe(0)
})

test('removes what others left staged for more than an hour', async () => {
  storage.staged.set('old', { content: Buffer.alloc(1), writtenMs: nowMs - hour - 1 })
  storage.staged.set('young', { content: Buffer.alloc(1), writtenMs: nowMs - hour + 1 })
  await sinkOf().start(0, { low: 0, high: 0, committed: undefined }, signal)
  expect([...storage.staged.keys()]).toEqual(['young'])
})

test('removes what others left staged while it runs, and not only when it starts', async () => {
  const sink = sinkOf()
  await feed(sink, logOf(['a']))
  storage.staged.set('left', { content: Buffer.alloc(1), writtenMs: nowMs })
  nowMs += hour + 1
  await sink.flush(0, signal)
  expect([...storage.staged.keys()]).toEqual([])
})

test('commits where it is when there is nothing to land', async () => {
  const sink = sinkOf()
  await feed(sink, logOf(['a', 'b']))
  await flushAll(sink)
  const log = logOf(['a', 'b', 'a'])
  await feed(sink, log)
  expect(await sink.flush(0, signal)).toEqual({ next: 2, metadata: '', rejected: [] })
  await feed(sink, log, 0, { next: 2, metadata: `${logStartMs} b` })
  expect(await sink.flush(0, signal)).toEqual({ next: 2, metadata: `${logStartMs} b`, rejected: [] })
})

test('forgets a partition that is dropped', async () => {
  const sink = sinkOf()
  await feed(sink, logOf(['a']))
  sink.drop(0)
  expect(sink.buffered(0)).toEqual({ records: 0, bytes: 0, sinceMs: undefined })
  expect(await sink.flush(0, signal)).toBe('lost')
})

test('writes lost offsets down beside the data and goes on', async () => {
  const log = logOf(['a', 'b', 'c', 'd', 'e'])
  const first = sinkOf()
  await feed(first, log.slice(0, 2))
  await flushAll(first)
  const second = sinkOf()
  await feed(second, log.slice(4), 4)
  await flushAll(second)
  expect(JSON.parse(String(storage.files.get('dt=2026-11-21/hr=02/_gap-p00-2-3.json')))).toMatchObject({
    from: 2,
    to: 3,
  })
  expect(kafkaOf(path(2))).toEqual([{ topic: 't', partition: 0, offset: 4, skipped: 2 }])
})

/** A log whose record 1 was stamped by a broker `hours` ahead. */
const skewed = (hours: number) => logOf(['a', 'b', 'c'], offset => logStartMs + (offset === 1 ? hours * hour : 0))
const hidden = {
  name: 'PartitionHalted',
  message: expect.stringMatching(
    /up to dt=2026-11-22\/hr=03.* clock was ahead: end the writers, move .* into the folder dt=2026-11-21\/hr=02/,
  ),
}

test('lands what steps back 24 hours, and goes on after a restart', async () => {
  const sink = sinkOf({ maxRecords: 1 })
  await feed(sink, skewed(24))
  await flushAll(sink)
  const again = sinkOf({ maxRecords: 1 })
  await feed(again, logOf(['a', 'b', 'c', 'd']))
  expect(await flushAll(again)).toMatchObject({ next: 4 })
  expect(storage.files.size).toBe(4)
})

test('halts before it lands a file that no start would find', async () => {
  const sink = sinkOf({ maxRecords: 1 })
  await feed(sink, skewed(25))
  await expect(flushAll(sink)).rejects.toMatchObject(hidden)
  await feed(sink, skewed(25))
  await expect(flushAll(sink)).rejects.toMatchObject(hidden)
  expect(storage.files.size).toBe(2)
})

test('halts where such a file has landed already, instead of losing to it for ever', async () => {
  const sink = sinkOf({ maxRecords: 1 })
  await feed(sink, skewed(0))
  await flushAll(sink)
  const now = path(1)
  const ahead = now.replace('dt=2026-11-21/hr=02', 'dt=2026-11-22/hr=03')
  storage.files.set(ahead, storage.files.get(now) ?? Buffer.alloc(0))
  storage.files.delete(now)
  await feed(sink, skewed(0))
  await expect(flushAll(sink)).rejects.toMatchObject(hidden)
  storage.files.set(now, storage.files.get(ahead) ?? Buffer.alloc(0))
  storage.files.delete(ahead)
  await feed(sink, logOf(['a', 'b', 'c', 'd']))
  expect(await flushAll(sink)).toMatchObject({ next: 4 })
})

test('hands back again, after a restart, what it could not decode after its last row, unless the commit says that it did', async () => {
  const log = logOf(['a', null])
  const sink = sinkOf()
  await feed(sink, log)
  const flushed = await flushAll(sink)
  if (flushed === 'lost') throw new Error('lost')
  const offsets = async (metadata: string) =>
    (await feed(sinkOf(), log, 0, { next: flushed.next, metadata })).map(({ record }) => record.offset)
  expect(await offsets(`${logStartMs} a`)).toEqual([1])
  expect(await offsets(flushed.metadata)).toEqual([])
})

test('counts lost offsets once, however often they must be written down', async () => {
  const log = logOf(['a', 'b', 'c', 'd', 'e'])
  const first = sinkOf()
  await feed(first, log.slice(0, 2))
  await flushAll(first)
  const controller = new AbortController()
  const store = faulty([['stage', 'fails']])
  const second = sinkOf({ store, wait: async () => controller.abort(new Error('revoked')) })
  await feed(second, log.slice(4), 4)
  await expect(second.flush(0, controller.signal)).rejects.toThrow('revoked')
  await feed(second, log.slice(4), 4)
  await flushAll(second)
  expect(second.counts()).toMatchObject({ landed: 1, gapOffsets: 2 })
})

test('halts when the files end beyond the log, and names both ways out with what they do', async () => {
  const sink = sinkOf()
  await feed(sink, logOf(['a', 'b', 'c']))
  await flushAll(sink)
  await expect(feed(sinkOf(), logOf(['x']))).rejects.toMatchObject({
    name: 'PartitionHalted',
    message: expect.stringMatching(
      /ends before offset 3, but the log ends at 1.*made again: Set CLICKTRAIL_GENERATION=2.*only lost records.*would double.*"clicktrail reload --sink hdfs --partition 0 --from 1"/,
    ),
  })
})

test('names no reload where only the commit is beyond the log: there is no file to move', async () => {
  const refused = feed(sinkOf(), logOf(['x']), 0, { next: 3, metadata: '' })
  await expect(refused).rejects.toMatchObject({
    name: 'PartitionHalted',
    message: expect.stringMatching(/^(?!.*reload).*CLICKTRAIL_GENERATION=2.*group's offset of this partition to 1\.$/),
  })
})

test.each([
  { what: 'the last line', landed: true, committed: undefined, goOn: '--partition 0 --from 1"' },
  {
    what: 'the commit',
    landed: false,
    committed: { next: 2, metadata: `${logStartMs} b` },
    goOn: "group's offset of this partition to 1.",
  },
])(
  'halts when the record before is not the one of $what, and says how to go on',
  async ({ landed, committed, goOn }) => {
    if (landed) {
      const sink = sinkOf()
      await feed(sink, logOf(['a', 'b']))
      await flushAll(sink)
    }
    await expect(feed(sinkOf(), logOf(['x', 'y', 'z']), 0, committed)).rejects.toMatchObject({
      name: 'PartitionHalted',
      message: expect.stringMatching(new RegExp(`offset 1 holds event y.*CLICKTRAIL_GENERATION=2.*${goOn}`)),
    })
  },
)

test('lands a new generation from the low watermark on, beside the old one', async () => {
  const old = sinkOf()
  await feed(old, logOf(['a', 'b']))
  await flushAll(old)
  const sink = sinkOf({ generation: 2 })
  await feed(sink, logOf(['x']), 0, { next: 2, metadata: `${logStartMs} b` })
  await flushAll(sink)
  expect(kafkaOf(path(0, '02', 'g2-p00'))).toEqual([{ topic: 't', partition: 0, offset: 0, generation: 2 }])
  expect(storage.files.has(path(0))).toBe(true)
})

test('halts in a generation that a later one has taken over from, and lands nothing', async () => {
  const old = sinkOf()
  await feed(old, logOf(['a']))
  await flushAll(old)
  const sink = sinkOf({ generation: 2 })
  await feed(sink, logOf(['x', 'y', 'z']))
  await flushAll(sink)
  await expect(feed(sinkOf(), logOf(['x', 'y', 'z']))).rejects.toMatchObject({
    name: 'PartitionHalted',
    message: expect.stringMatching(/g2-p00.* is of generation 2, .*CLICKTRAIL_GENERATION=2/),
  })
})

test.each([
  {
    name: 'of another topic',
    content: '{"event":{"id":"a"},"kafka":{"topic":"u","partition":0,"offset":0}}\n',
    message: /row of u\/0/,
  },
  { name: 'cut short', content: '{"event":{"id":"a"},"kaf', message: /whole row/ },
])('halts over a newest file $name', async ({ content, message }) => {
  storage.files.set(path(0).replace('.gz', ''), Buffer.from(content))
  await expect(feed(sinkOf(), logOf(['a']))).rejects.toMatchObject({
    name: 'PartitionHalted',
    message: expect.stringMatching(message),
  })
})

test('lands plain files by option', async () => {
  const sink = sinkOf({ format: 'json' })
  await feed(sink, logOf(['a', 'b']))
  await flushAll(sink)
  const text = String(storage.files.get(path(0).replace('.gz', '')))
  expect(text.split('\n')).toHaveLength(3)
  await feed(sink, logOf(['a', 'b', 'c']))
  await flushAll(sink)
  expect(storage.files.size).toBe(2)
})

describeSink('HDFS files', async () => {
  const storage = createMemoryStorage()
  return {
    open: () => createHdfsSink({ store: storage.store(), topic: 't', logger, format: 'json' }),
    landed: async partition => {
      const lines = [...storage.files.values()].flatMap(content => String(content).split('\n').filter(Boolean))
      const rows: Row[] = lines.map(line => JSON.parse(line))
      const ours = rows.filter(row => row.kafka.partition === partition)
      return ours.map(row => ({ offset: row.kafka.offset, id: row.event.id }))
    },
    close: async () => {},
  }
})
