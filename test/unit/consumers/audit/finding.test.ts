import { expect, test } from 'vitest'
import { createFindings, type FoundAt } from '../../../../consumers/audit/finding.ts'

const at = { kind: 'missing', store: 'hdfs', partition: 1, generation: 1, onTopic: true } as const
const found = (offset: number, more: Partial<FoundAt> = {}) => ({ ...at, offset, eventId: `e${offset}`, ...more })

test('puts offsets side by side into one finding, each with its event', () => {
  const findings = createFindings('t')
  for (const offset of [4, 5, 7]) findings.add(found(offset))
  findings.add(found(8, { store: 'elasticsearch' }))
  expect(findings.list().map(({ store, from, to, events }) => [store, from, to, events.length])).toEqual([
    ['hdfs', 4, 5, 2],
    ['hdfs', 7, 7, 1],
    ['elasticsearch', 8, 8, 1],
  ])
})

test.each<[string, Partial<FoundAt>, RegExp]>([
  ['the topic has the record', {}, /"clicktrail reload --sink hdfs --partition 1 --from 4"/],
  ['the files are of a later generation', { generation: 2 }, /--from 4 --generation 2"/],
  ['Elasticsearch lacks it', { store: 'elasticsearch', generation: 2 }, /--sink elasticsearch --partition 1 --from 4"/],
  [
    'only the files have what Elasticsearch lacks',
    { store: 'elasticsearch', onTopic: false },
    /in the files: "clicktrail reload --sink elasticsearch --from-files --partition 1 --from 4"$/,
  ],
  [
    'those are of a later generation',
    { store: 'elasticsearch', onTopic: false, generation: 2 },
    /--from-files --partition 1 --from 4 --generation 2"/,
  ],
  ['the topic has it no more', { onTopic: false }, /no longer on the topic: bring the file back/],
  ['a row is there twice and the record is gone', { kind: 'doubled', onTopic: false }, /events_distinct/],
])('says what to do where %s', (_, more, advice) => {
  const findings = createFindings('t')
  findings.add(found(4, more))
  expect(findings.list()[0]?.advice).toMatch(advice)
})

test('keeps so much of a storage that is empty as a person can read, and counts the rest', () => {
  const findings = createFindings('t')
  for (let offset = 0; offset < 5_000; offset++) findings.add(found(offset))
  for (let offset = 6_000; offset < 10_000; offset += 2) findings.add(found(offset))
  const list = findings.list()
  expect(list).toHaveLength(1_000)
  expect(list[0]).toMatchObject({ from: 0, to: 4_999 })
  expect(list[0]?.events).toHaveLength(100)
  expect(findings.totals().hdfs).toEqual({ missing: 7_000, doubled: 0, lost: 0 })
})
