import { expect, it } from 'vitest'
import { routeOf } from '../../../../consumers/dlq/route.ts'
import { partitionOf } from '../../../../topic/partition-of.ts'
import { encodeRecord } from '../../../../topic/record.ts'
import { goodValue, letterAt } from '../../../support/dead-letters.ts'
import { eventRecord, tabOf } from '../../../support/log-records.ts'

const options = { topic: 'clicktrail', partitions: 4, maxReplays: 3, maxRecordBytes: 1_000_000 }

it('sends what every writer refused, and would take today, to the topic, marked', () => {
  const letter = letterAt(9, { partition: 2, offset: 5, headers: { trace: 'abc', 'clicktrail.replays': '1' } })
  expect(routeOf(letter, options)).toEqual({
    to: 'topic',
    partition: partitionOf(eventRecord().tab.id, 4),
    record: {
      value: letter.value,
      headers: { trace: 'abc', 'clicktrail.replays': '2', 'clicktrail.replay.of': '0:9' },
    },
  })
})

it('sends a record to the partition of its tab, where its copies are', () => {
  const tab = tabOf(11)
  const value = encodeRecord(eventRecord({ tab }))
  expect(routeOf(letterAt(1, { value, partition: 9 }), options)).toMatchObject({ partition: partitionOf(tab, 4) })
})

it.each(['mapping', 'too_large', 'conflict'] as const)(
  'sends what Elasticsearch alone refused (%s) there, under its own place',
  reason => {
    const letter = letterAt(1, { sink: 'elasticsearch', reason, value: goodValue(), partition: 7, offset: 40 })
    expect(routeOf(letter, options)).toMatchObject({
      to: 'elasticsearch',
      partition: 7,
      record: { offset: 40, value: goodValue() },
    })
  },
)

it('sends what only Elasticsearch finds invalid there: the files have it', () => {
  const invalid = { sink: 'elasticsearch', reason: 'invalid' } as const
  expect(routeOf(letterAt(1, { ...invalid, value: goodValue() }), options).to).toBe('elasticsearch')
  const both = letterAt(1, { ...invalid, value: Buffer.from('{}') })
  expect(routeOf(both, options, goodValue()).to).toBe('topic')
})

it.each([
  ['undecodable', 'not json', /^undecodable: .*not json/],
  ['invalid', '{}', /^invalid: @timestamp: /],
  ['mapping', '{}', /^invalid: /],
] as const)('leaves what was %s and no writer would take today: it would be back at once', (reason, text, fault) => {
  const value = Buffer.from(text)
  for (const sink of ['hdfs', 'elasticsearch'])
    expect(routeOf(letterAt(1, { sink, reason, value }), options)).toEqual({
      to: 'nowhere',
      why: 'unreadable',
      fault: expect.stringMatching(fault),
    })
})

it('sends what came from another topic to the topic, as its place means nothing here', () => {
  const letter = letterAt(1, { sink: 'elasticsearch', reason: 'mapping', value: goodValue(), topic: 'other' })
  expect(routeOf(letter, options).to).toBe('topic')
})

it('leaves what came back too often, is cut, or is nothing', () => {
  expect(routeOf(letterAt(1, { headers: { 'clicktrail.replays': '3' } }), options)).toEqual({
    to: 'nowhere',
    why: 'exhausted',
  })
  expect(routeOf(letterAt(1, { headers: { 'clicktrail.replays': '2' } }), options).to).toBe('topic')
  expect(routeOf({ ...letterAt(1), cutFrom: 5_000 }, options)).toEqual({ to: 'nowhere', why: 'cut' })
  expect(routeOf(letterAt(1, { value: null }), options)).toEqual({ to: 'nowhere', why: 'empty' })
})

it('leaves what the topic would not take, so that it holds up nobody', () => {
  const value = Buffer.concat([goodValue(), Buffer.alloc(999_950, ' ')])
  expect(routeOf({ ...letterAt(1), value }, options)).toEqual({ to: 'nowhere', why: 'oversize' })
  expect(routeOf(letterAt(1), options, value)).toEqual({ to: 'nowhere', why: 'oversize' })
})

it('sends a repaired value the way of the letter, however often that went', () => {
  const value = goodValue(2)
  const cut = { ...letterAt(1, { headers: { 'clicktrail.replays': '3' } }), cutFrom: 5_000 }
  expect(routeOf(cut, options, value)).toMatchObject({ to: 'topic', record: { value } })
  const mapping = letterAt(1, { sink: 'elasticsearch', reason: 'mapping', value: goodValue(1), offset: 40 })
  expect(routeOf(mapping, options, value)).toMatchObject({ to: 'elasticsearch', record: { value, offset: 40 } })
})
