import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Consumer, createConsumer } from '../../../../consumers/consumer.ts'
import { alsoBuried, isBuried, splitBuried, withBuried } from '../../../../consumers/hdfs/buried.ts'
import type { Committed, LogRecord } from '../../../../topic/topic.ts'
import { createFakeReader } from '../../../support/fake-reader.ts'
import { createFakeWriter } from '../../../support/fake-writer.ts'
import { linesOf, sinkInto } from '../../../support/landed-table.ts'
import { brokenRecord, logRecord, logRecords, logStartMs } from '../../../support/log-records.ts'
import { createMemoryStorage, type MemoryStorage } from '../../../support/memory-landing-store.ts'

const at = (offset: number, timestampMs: number): LogRecord => ({ value: null, offset, timestampMs })
const two = alsoBuried(alsoBuried(undefined, at(5, 2_000)), at(7, 1_000))

test.each([
  { record: at(5, 2_000), buried: true },
  { record: at(7, 1_500), buried: true },
  { record: at(8, 1_000), buried: false },
  { record: at(5, 2_001), buried: false },
])('$record is buried: $buried', ({ record, buried }) => {
  expect(isBuried(two, record)).toBe(buried)
})

test.each(['', '1763693084123 tab-2', 'anything else'])(
  'stands in the metadata behind %j, and is found there',
  metadata => {
    expect(splitBuried(withBuried(metadata, 5, two))).toEqual({ metadata, buried: two })
  },
)

test('is left out where it tells of nothing from the commit on', () => {
  expect(withBuried('1 a', 8, two)).toBe('1 a')
  expect(splitBuried('1 a')).toEqual({ metadata: '1 a', buried: undefined })
})

let storage: MemoryStorage
const running: Consumer[] = []
beforeEach(() => {
  storage = createMemoryStorage(() => logStartMs)
})
afterEach(async () => {
  for (const consumer of running.splice(0)) await consumer.close()
})

/** Offsets that were landed, in the order of the files. */
const landed = () => [...storage.files.values()].flatMap(linesOf).map(line => Number(/"offset":(\d+)/.exec(line)?.[1]))

/** One start of the writer on this log, up to its end, and on what comes `later`. Returns the offsets that it wrote dead letters of, and what is committed then. */
async function run(log: readonly LogRecord[], committed?: Committed, later: readonly LogRecord[] = []) {
  const reader = createFakeReader({ topic: 't' })
  const deadLetters = createFakeWriter()
  const consumer = createConsumer({
    reader,
    sink: sinkInto(storage.store(), { maxAgeMs: 0, now: () => logStartMs }),
    deadLetters,
    logger: pino({ level: 'silent' }),
    tickMs: 5,
    now: () => logStartMs,
    backoff: { baseMs: 1, maxMs: 5 },
  })
  running.push(consumer)
  await consumer.start()
  reader.append(0, log)
  if (committed) reader.recommit(0, committed)
  await reader.assign([0])
  const caughtUp = (position: number) =>
    vi.waitFor(
      () => {
        expect(reader.position(0)).toBe(position)
        expect(consumer.status()[0]?.progress.lagRecords).toBe(0)
      },
      { timeout: 5_000, interval: 5 },
    )
  await caughtUp(log.length)
  reader.append(0, later)
  await caughtUp(log.length + later.length)
  await consumer.close()
  const letters = deadLetters.appended.map(({ record }) => Number(record.headers?.['__connect.errors.offset']))
  return { letters: letters.toSorted((a, b) => a - b), committed: await reader.committed(0) }
}

test.each([
  {
    what: 'behind the last row',
    log: [...logRecords(0, 0, 3), brokenRecord(3), brokenRecord(4)],
    letters: [3, 4],
    next: 3,
  },
  { what: 'of a partition that holds nothing else', log: [brokenRecord(0), brokenRecord(1)], letters: [0, 1], next: 0 },
])('dead letters $what are written once, however often the writer starts', async ({ log, letters, next }) => {
  const first = await run(log)
  expect(first).toMatchObject({ letters, committed: { next } })
  const again = await run(log, first.committed)
  expect(again).toEqual({ letters: [], committed: first.committed })
  const end = log.length
  const grown = await run([...log, logRecord(0, end), brokenRecord(end + 1)], again.committed)
  expect(grown).toMatchObject({ letters: [end + 1], committed: { next: end + 1 } })
  expect(landed().at(-1)).toBe(end)
})

test('so are those that come when everything has landed, after a restart too, by whatever clock', async () => {
  const log = logRecords(0, 0, 3)
  const ahead = { ...brokenRecord(3), timestampMs: logStartMs + 60_000 }
  const first = await run(log, undefined, [ahead])
  expect(first.letters).toEqual([3])
  const second = await run([...log, ahead], first.committed, [brokenRecord(4)])
  expect(second.letters).toEqual([4])
  expect(await run([...log, ahead, brokenRecord(4)], second.committed)).toMatchObject({ letters: [] })
})

test('dead letters of which no commit tells are written again', async () => {
  const log = [...logRecords(0, 0, 3), brokenRecord(3)]
  await run(log)
  expect(await run(log)).toMatchObject({ letters: [3] })
})

test('whatever the commit says of dead letters, every record lands that can', async () => {
  const log = logRecords(0, 0, 6)
  const { committed } = await run(log.slice(0, 3))
  const lie = { next: 3, metadata: `${committed?.metadata} buried=6@${logStartMs * 2}` }
  await run(log, lie)
  expect(landed()).toEqual([0, 1, 2, 3, 4, 5])
})

test('records that took the place of dead letters, on a log that lost its end, are dead letters themselves', async () => {
  const { committed } = await run([...logRecords(0, 0, 3), brokenRecord(3), brokenRecord(4)])
  const later = [3, 4].map(offset => ({ ...brokenRecord(offset), timestampMs: logStartMs + 60_000 }))
  expect(await run([...logRecords(0, 0, 3), ...later], committed)).toMatchObject({ letters: [3, 4] })
})
