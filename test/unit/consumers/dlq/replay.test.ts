import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Letter } from '../../../../consumers/dlq/letter.ts'
import { type LetterLog, openLetterLog } from '../../../../consumers/dlq/letter-log.ts'
import { type ReplayOptions, readLetter, replay } from '../../../../consumers/dlq/replay.ts'
import type { Replayer } from '../../../../consumers/dlq/replayer.ts'
import type { Route } from '../../../../consumers/dlq/route.ts'
import { survey } from '../../../../consumers/dlq/survey.ts'
import { type EmbeddedLog, openEmbeddedLog } from '../../../../topic/embedded/log.ts'
import { type RefusedRecord, refused } from '../../../support/dead-letters.ts'

let dir: string
let topic: EmbeddedLog
let sent: Route[]

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'clicktrail-dlq-'))
  topic = openEmbeddedLog({ dir, topic: 'clicktrail-dlq', partitions: 1 })
  sent = []
})
afterEach(async () => {
  await topic.close()
  rmSync(dir, { recursive: true, force: true })
})

const write = (...letters: RefusedRecord[]) => topic.writer().append(0, letters.map(refused))

async function withLog<T>(body: (log: LetterLog) => Promise<T>): Promise<T> {
  const log = await openLetterLog({ reader: topic.reader('clicktrail-dlq') })
  try {
    return await body(log)
  } finally {
    await log.close()
  }
}

const sends: Replayer = async routes => {
  sent.push(...routes.filter(({ to }) => to !== 'nowhere'))
  return routes.map(route => (route.to === 'nowhere' ? route.why : route.to))
}

const run = (options: Partial<ReplayOptions> = {}) =>
  withLog(log =>
    replay({
      log,
      replayer: sends,
      topic: 'clicktrail',
      partitions: 2,
      maxReplays: 3,
      maxRecordBytes: 1_000_000,
      rate: 100_000,
      wanted: () => true,
      signal: new AbortController().signal,
      ...options,
    }),
  )

const bySink = (sink: string) => (letter: Letter) => letter.sink === sink
const replayOf = () => sent.map(route => (route.to === 'nowhere' ? '' : route.record.headers?.['clicktrail.replay.of']))
const committed = () => withLog(log => log.committed(0))

it('replays every letter once, and what came since in the next run', async () => {
  await write({ offset: 1 }, { offset: 2 })
  expect(await run()).toEqual({
    rows: [{ reason: 'undecodable', outcome: 'topic', letters: 2, example: '0:0' }],
    leftOut: 0,
    before: 0,
  })
  await write({ offset: 3 })
  expect(await run()).toMatchObject({ rows: [{ letters: 1, example: '0:2' }], before: 2 })
  expect(replayOf()).toEqual(['0:0', '0:1', '0:2'])
  expect(await committed()).toEqual({ next: 3, metadata: '' })
})

it('sends a record once that two storages refused', async () => {
  await write({ offset: 1, sink: 'hdfs' }, { offset: 1, sink: 'elasticsearch' }, { offset: 2 })
  expect((await run()).rows.map(({ outcome, letters }) => [outcome, letters])).toEqual([
    ['topic', 2],
    ['repeated', 1],
  ])
  await write({ offset: 1, sink: 'elasticsearch' })
  await run()
  expect(replayOf()).toEqual(['0:0', '0:2'])
})

it('leaves out what the filter does not want, and has it for a later run', async () => {
  await write({ offset: 1, reason: 'invalid' }, { offset: 2 }, { offset: 3, reason: 'invalid' }, { offset: 4 })
  const report = await run({ wanted: letter => letter.reason === 'undecodable' })
  expect(report).toMatchObject({ leftOut: 2 })
  expect(await committed()).toEqual({ next: 0, metadata: '1,3' })
  expect(await run()).toMatchObject({ before: 2, leftOut: 0 })
  expect(replayOf()).toEqual(['0:1', '0:3', '0:0', '0:2'])
})

it('is done with both letters of a record where the filter wants one of them', async () => {
  await write({ offset: 1, sink: 'hdfs' }, { offset: 1, sink: 'elasticsearch' }, { offset: 1, sink: 'hdfs' })
  await run({ wanted: bySink('elasticsearch') })
  await run()
  expect(replayOf()).toEqual(['0:1'])
})

it('commits nothing beyond what was sent when it is cut short, and goes on there', async () => {
  await write(...Array.from({ length: 10 }, (_, offset) => ({ offset })))
  let steps = 0
  const fails: Replayer = async (routes, signal) => {
    if (steps++ === 3) throw new Error('the brokers are away')
    return sends(routes, signal)
  }
  await expect(run({ replayer: fails, rate: 1_000, wanted: () => true })).resolves.toBeDefined()
  steps = 0
  await write(...Array.from({ length: 10 }, (_, offset) => ({ offset: offset + 10 })))
  await expect(run({ replayer: fails, rate: 25 })).rejects.toThrow('the brokers are away')
  expect(await committed()).toMatchObject({ next: 16 })
  await run()
  expect(replayOf()).toEqual(Array.from({ length: 20 }, (_, offset) => `0:${offset}`))
})

it('sends and commits nothing in a dry run, and says what it would do', async () => {
  await write({ offset: 1 }, { offset: 1 }, { offset: 2, headers: { 'clicktrail.replays': '3' } })
  expect((await run({ replayer: undefined })).rows.map(({ outcome }) => outcome)).toEqual([
    'topic',
    'repeated',
    'exhausted',
  ])
  expect(sent).toEqual([])
  expect(await committed()).toBeUndefined()
})

it('sends one letter with its repaired value, and nothing of that record after it', async () => {
  await write({ offset: 5, sink: 'elasticsearch' }, { offset: 6 }, { offset: 5, sink: 'hdfs' })
  const value = Buffer.from('repaired')
  const letter = await withLog(log => readLetter(log, { partition: 0, offset: 2 }))
  if (!letter) throw new Error('no letter')
  await run({ only: { letter, value } })
  expect(sent).toMatchObject([{ to: 'topic', record: { value } }])
  expect(await committed()).toEqual({ next: 1, metadata: '1' })
  await run()
  expect(replayOf()).toEqual(['0:2', '0:1'])
})

it('sends one letter again that was replayed before', async () => {
  await write({ offset: 5, headers: { 'clicktrail.replays': '3' } })
  const letter = await withLog(log => readLetter(log, { partition: 0, offset: 0 }))
  if (!letter) throw new Error('no letter')
  await run()
  await run({ only: { letter } })
  expect(replayOf()).toEqual(['0:0'])
})

it('leaves a letter waiting that was asked for and can not go', async () => {
  await write({ offset: 5 })
  const letter = await withLog(log => readLetter(log, { partition: 0, offset: 0 }))
  if (!letter) throw new Error('no letter')
  const report = await run({ only: { letter, value: Buffer.alloc(2_000_000) } })
  expect(report.rows).toMatchObject([{ outcome: 'oversize' }])
  await run()
  expect(replayOf()).toEqual(['0:0'])
})

const unreadable = { value: Buffer.from('not json') }

it('does not send what every writer would refuse again: it waits, and the next run says so again', async () => {
  await write({ offset: 1 }, { offset: 2, ...unreadable }, { offset: 3 })
  const waiting = { outcome: 'unreadable', letters: 1, example: '0:1', fault: expect.stringMatching(/^undecodable: /) }
  expect((await run({ replayer: undefined })).rows).toMatchObject([{ outcome: 'topic', letters: 2 }, waiting])
  expect((await run()).rows).toMatchObject([{ outcome: 'topic', letters: 2 }, waiting])
  expect(await committed()).toEqual({ next: 1, metadata: '1' })
  expect(await run()).toMatchObject({ rows: [waiting], before: 2 })
  expect(replayOf()).toEqual(['0:0', '0:2'])
})

it('lets no more unreadable letters wait than a commit can name, so that what was sent is not sent again', async () => {
  const pairs = Array.from({ length: 500 }, (_, n) => [{ offset: 2 * n, ...unreadable }, { offset: 2 * n + 1 }]).flat()
  await write(...pairs)
  expect(await run()).toMatchObject({ rows: [{ letters: 500 }, { letters: 500 }] })
  expect(await run()).toMatchObject({ rows: [{ outcome: 'unreadable', letters: 200 }], before: 800 })
  expect(sent).toHaveLength(500)
})

it('finds no letter where none lies', async () => {
  await write({})
  for (const place of [
    { partition: 0, offset: 1 },
    { partition: 5, offset: 0 },
  ])
    expect(await withLog(log => readLetter(log, place))).toBeUndefined()
})

it('keeps to the rate', async () => {
  await write(...Array.from({ length: 6 }, (_, offset) => ({ offset })))
  const times: number[] = []
  await run({
    rate: 20,
    replayer: async (routes, signal) => {
      times.push(performance.now())
      return sends(routes, signal)
    },
  })
  expect(times).toHaveLength(3)
  // Two letters each: a tenth of a second at least between the steps.
  expect((times[2] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(190)
})

it('counts letters that a survey does not ask for, each record once', async () => {
  await write({ offset: 1 }, { offset: 1 }, { offset: 2 })
  const none = await withLog(log => survey(log, letter => letter.reason === 'mapping'))
  expect(none).toEqual({ rows: [], repeated: 0, leftOut: 2 })
})

it('surveys by storage, reason and partition: each record once, and what still waits', async () => {
  await write({ offset: 1 }, { offset: 1 }, { offset: 2 }, { offset: 3, sink: 'elasticsearch', reason: 'mapping' })
  await run({ wanted: letter => letter.origin?.offset === 2 })
  const { rows, repeated } = await withLog(log => survey(log, () => true))
  expect(repeated).toBe(1)
  expect(rows).toMatchObject([
    { sink: 'elasticsearch', reason: 'mapping', partition: 0, letters: 1, waiting: 1, example: { name: '0:3' } },
    { sink: 'hdfs', reason: 'undecodable', partition: 0, letters: 2, waiting: 1, example: { name: '0:0' } },
  ])
})
