import { expect, test } from 'vitest'
import { printedAudit } from '../../../../cli/print/audit.ts'
import type { Finding } from '../../../../consumers/audit/finding.ts'

const store = { from: 0, to: 100, stored: 97, explained: 2, dropped: 0, missing: 1, doubled: 0 }
const finding: Finding = {
  kind: 'missing',
  store: 'elasticsearch',
  topic: 't',
  partition: 1,
  generation: 1,
  from: 47,
  to: 47,
  events: [{ offset: 47, eventId: 'abc-1' }],
  advice: 'do this',
}
const none = { missing: 0, doubled: 0, lost: 0 }
const totalsOf = (missing: number) => ({ hdfs: none, elasticsearch: { ...none, missing } })
const print = (...findings: Finding[]) => printed(findings, findings.length)
const printed = (findings: Finding[], missing: number) =>
  printedAudit({
    topic: 't',
    partitions: [{ partition: 1, generation: 1, elasticsearch: store }],
    findings,
    totals: totalsOf(missing),
    unaudited: [],
    clean: findings.length === 0,
  })

test('prints a line for each partition and storage, and that nothing is missing', () => {
  expect(print()).toMatch(/\n +1 +elasticsearch +0 +100 +97 +2 +0 +1 +0\nNothing is missing: 100 offsets of t/)
})

test('does not say that nothing is missing where nothing was looked for', () => {
  const partitions = [{ partition: 1, generation: 1 }]
  const text = printedAudit({
    topic: 't',
    partitions,
    findings: [],
    totals: totalsOf(0),
    unaudited: ['elasticsearch'],
    clean: true,
  })
  expect(text).toMatch(/\nNothing has been committed yet: 0 offsets of t/)
  expect(text).toContain('\nelasticsearch was not looked at: the group t-elasticsearch has no commit\n')
})

test('says of how many nobody can tell any more whether they were refused', () => {
  const elasticsearch = { ...store, untold: 2 }
  const text = printedAudit({
    topic: 't',
    partitions: [{ partition: 1, generation: 1, elasticsearch }],
    findings: [],
    totals: totalsOf(0),
    unaudited: [],
    clean: true,
  })
  expect(text).toContain('partition 1: 2 of the explained were refused by elasticsearch or are missing there')
  expect(print()).not.toContain('refused')
})

test('names each event, and then says what to do', () => {
  expect(print(finding)).toContain('missing in elasticsearch: t/1 offset 47 event abc-1\n  → do this\n1 mismatches')
})

test('shortens a long list, and shows no control characters of an id', () => {
  const events = Array.from({ length: 100 }, (_, n) => ({ offset: 47 + n, eventId: n === 0 ? 'a\u001b[31m' : `e${n}` }))
  const text = print({ ...finding, generation: 2, to: 1_046, events })
  expect(text).toContain('t/1 (generation 2) offset 48 event e1\n')
  expect(text).toContain('… and 980 more, to offset 1046\n')
  expect(text).not.toContain('\u001b')
})

test('counts what is not among the findings any more too', () => {
  const text = printed([finding], 5_000)
  expect(text).toContain('… and 4999 more: --partition, --from-offset and --to-offset name them\n5000 mismatches')
  expect(print(finding)).not.toContain('more')
})

test('says of what the topic has lost from where to where it is', () => {
  expect(print({ ...finding, kind: 'lost', events: [], to: 90 })).toContain(
    'lost by the topic: t/1 offsets 47 to 90: elasticsearch has committed them, but the topic ends before\n',
  )
})
