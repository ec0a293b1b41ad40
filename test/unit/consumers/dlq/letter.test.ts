import { expect, it } from 'vitest'
import { letterOf, roundOf } from '../../../../consumers/dlq/letter.ts'
import { goodValue, letterAt, refusedAt } from '../../../support/dead-letters.ts'

it('reads back what a writer wrote, with the headers of the record alone', () => {
  const record = refusedAt(7, { partition: 3, offset: 17, headers: { trace: 'abc', 'clicktrail.replays': '2' } })
  expect(letterOf(1, record)).toEqual({
    at: { partition: 1, offset: 7 },
    refusedMs: record.timestampMs,
    sink: 'hdfs',
    reason: 'undecodable',
    message: 'it is undecodable',
    origin: { topic: 'clicktrail', partition: 3, offset: 17 },
    value: goodValue(18),
    headers: { trace: 'abc' },
    replays: 2,
    cutFrom: undefined,
    empty: false,
  })
})

it('reads a record that somebody else put there', () => {
  const letter = letterOf(0, {
    value: Buffer.from('{}'),
    offset: 1,
    timestampMs: 5,
    headers: { 'clicktrail.replays': 'x' },
  })
  expect(letter).toMatchObject({ sink: '-', reason: 'unknown', origin: undefined, replays: 0, empty: false })
  expect(letterOf(0, { value: null, offset: 1, timestampMs: 5 })).toMatchObject({ empty: true })
})

it('knows the letters of one record and round, whoever refused it', () => {
  const round = roundOf(letterAt(1, { offset: 5, sink: 'hdfs' }))
  expect(roundOf(letterAt(2, { offset: 5, sink: 'elasticsearch' }))).toBe(round)
  expect(roundOf(letterAt(3, { offset: 6 }))).not.toBe(round)
  expect(roundOf(letterAt(4, { offset: 5, partition: 1 }))).not.toBe(round)
  expect(roundOf(letterAt(5, { offset: 5, headers: { 'clicktrail.replays': '1' } }))).not.toBe(round)
})
