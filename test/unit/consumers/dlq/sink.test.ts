import { pino } from 'pino'
import { expect, it } from 'vitest'
import type { Replayer } from '../../../../consumers/dlq/replayer.ts'
import { createReplaySink } from '../../../../consumers/dlq/sink.ts'
import { refusedAt } from '../../../support/dead-letters.ts'
import { logStartMs } from '../../../support/log-records.ts'

const { signal } = new AbortController()
const afterMs = 60_000

function setUp(nowMs = logStartMs + 1_000_000, replayer?: Replayer) {
  const sent: number[] = []
  const clock = { nowMs }
  const sends: Replayer = async routes => {
    for (const route of routes)
      if (route.to === 'topic') sent.push(Number(route.record.headers?.['clicktrail.replay.of']?.slice(2)))
    return routes.map(route => (route.to === 'nowhere' ? route.why : route.to))
  }
  const sink = createReplaySink({
    replayer: replayer ?? sends,
    topic: 'clicktrail',
    partitions: () => 2,
    maxReplays: 3,
    maxRecordBytes: () => 1_000_000,
    rate: 10_000,
    afterMs,
    logger: pino({ level: 'silent' }),
    now: () => clock.nowMs,
    onClose: async () => {},
  })
  return { sink, sent, clock }
}

it('replays what is old enough, and commits what is behind it', async () => {
  const { sink, sent, clock } = setUp(logStartMs)
  await sink.start(0, { low: 0, high: 2, committed: undefined }, signal)
  expect(sink.add(0, [refusedAt(0, { offset: 5 }), refusedAt(30, { offset: 6 })], 0)).toEqual([])
  expect(sink.due(0, clock.nowMs)).toBe(false)
  clock.nowMs += afterMs
  expect(sink.due(0, clock.nowMs)).toBe(true)
  expect(await sink.flush(0, signal)).toEqual({ next: 1, metadata: '', rejected: [] })
  expect(sent).toEqual([0])
  expect(sink.buffered(0)).toMatchObject({ records: 1 })
})

it('gives up what is too young when it is made to flush, so that it is read again', async () => {
  const { sink, sent } = setUp(logStartMs)
  await sink.start(0, { low: 0, high: 1, committed: undefined }, signal)
  sink.add(0, [refusedAt(0)], 0)
  expect(await sink.flush(0, signal)).toBe('lost')
  expect(sent).toEqual([])
})

it('goes on behind the commit, and knows what was replayed before it', async () => {
  const { sink, sent } = setUp()
  const from = await sink.start(0, { low: 0, high: 5, committed: { next: 2, metadata: '1' } }, signal)
  expect(from).toBe(0)
  sink.add(0, [refusedAt(0, { offset: 5 }), refusedAt(1, { offset: 6 }), refusedAt(2, { offset: 5 })], 0)
  sink.add(0, [refusedAt(3, { offset: 7 }), refusedAt(4, { offset: 8 })], 0)
  expect(await sink.flush(0, signal)).toEqual({ next: 5, metadata: '', rejected: [] })
  expect(sent).toEqual([4])
  expect(sink.counts()).toMatchObject({ landed: 1, copies: 1 })
})

it('passes over what every writer would refuse again, at once and for good', async () => {
  const { sink, sent } = setUp()
  await sink.start(0, { low: 0, high: 2, committed: undefined }, signal)
  sink.add(0, [refusedAt(0, { offset: 5, value: Buffer.from('not json') }), refusedAt(1, { offset: 6 })], 0)
  expect(await sink.flush(0, signal)).toEqual({ next: 2, metadata: '', rejected: [] })
  expect(sent).toEqual([1])
  expect(sink.buffered(0)).toMatchObject({ records: 0 })
  expect(sink.counts()).toMatchObject({ landed: 1 })
})

it('settles nothing that was not acknowledged', async () => {
  let fail = true
  const { sink } = setUp(undefined, async routes => {
    if (fail) throw new Error('away')
    return routes.map(() => 'topic')
  })
  await sink.start(0, { low: 0, high: 1, committed: undefined }, signal)
  sink.add(0, [refusedAt(0)], 0)
  await expect(sink.flush(0, signal)).rejects.toThrow('away')
  fail = false
  expect(sink.buffered(0)).toMatchObject({ records: 1 })
  expect(await sink.flush(0, signal)).toMatchObject({ next: 1 })
})

it('passes over what is gone from the topic', async () => {
  const { sink } = setUp()
  await sink.start(0, { low: 0, high: 9, committed: undefined }, signal)
  sink.add(0, [refusedAt(8)], 0)
  expect(await sink.flush(0, signal)).toMatchObject({ next: 9 })
})
