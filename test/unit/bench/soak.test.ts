import { expect, test } from 'vitest'
import { arrivedIn } from '../../../bench/soak/arrived.ts'
import { sealBatch } from '../../../bench/soak/batches.ts'
import { complaintOf, sumOf } from '../../../bench/soak/exposition.ts'
import { looksOf } from '../../../bench/soak/looks.ts'
import { validate } from '../../../collector/validation/validate.ts'
import { seeded } from '../../fuzz/random.ts'

const clean = JSON.stringify({ level: 30, topic: 't', outcome: 'clean', ms: 1_500, msg: 'audited' })
const alarm = JSON.stringify({ level: 30, topic: 't', outcome: 'mismatch', msg: 'audited' })
const missing = JSON.stringify({ level: 50, kind: 'missing', store: 'hdfs', msg: 'mismatch' })
const away = JSON.stringify({ level: 50, msg: 'the topic or a storage did not answer: nothing is known' })

test('a round with a mismatch is an alarm, with the lines that tell of it', () => {
  expect(looksOf([clean, away, missing, alarm, clean, ''].join('\n'))).toEqual({
    clean: 2,
    unanswered: 1,
    alarms: 1,
    slowestSeconds: 1.5,
    said: [missing, alarm],
  })
})

test('a line that nobody can read is told', () => {
  expect(looksOf(`${clean}\nTypeError: x is not a function\n`).said).toEqual(['TypeError: x is not a function'])
})

test('ids that are absent, there twice or never acknowledged are told apart', async () => {
  async function* ids() {
    yield* ['a-1', 'a-2', 'a-2', 'b-1']
  }
  expect(await arrivedIn('HDFS', ids(), new Set(['a-1', 'a-2', 'a-3']))).toEqual({
    storage: 'HDFS',
    events: 3,
    lost: ['a-3'],
    doubled: ['a-2'],
    unknown: ['b-1'],
  })
})

test('a metric is summed over its labels, and of its own name alone', () => {
  const exposition =
    '# TYPE lag gauge\nlag{sink="hdfs",partition="0"} 2\nlag{sink="hdfs",partition="1"} 3\nlag_seconds 9\n'
  expect(sumOf(exposition, 'lag')).toBe(5)
  expect(sumOf(exposition, 'absent')).toBeUndefined()
})

test('without promtool a line of /metrics that is none is named', () => {
  expect(complaintOf('# HELP a b\na{le="+Inf"} 1\nb NaN\nc +Inf\n', undefined)).toBeUndefined()
  expect(complaintOf('a 1\nb{ 2 x\n', undefined)).toBe('b{ 2 x')
})

test('the collector refuses just those events of a batch that were sealed to be refused', () => {
  const random = seeded(5)
  const tab = { id: '0mwpt1nbc0000001', next: 1 }
  const batches = Array.from({ length: 100 }, () => sealBatch(tab, random))
  for (const { body, bad } of batches) {
    const validated = validate(Buffer.from(body))
    expect(validated.ok && validated.rejected.map(({ index }) => index)).toEqual(bad)
  }
  expect(batches.flatMap(({ good, bad }) => [...good, ...bad])).toHaveLength(tab.next - 1)
  expect(batches.flatMap(({ bad }) => bad).length).toBeGreaterThan(0)
})
