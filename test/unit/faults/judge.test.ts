import { expect, test } from 'vitest'
import { judge } from '../../faults/judge.ts'
import { readLanded } from '../../faults/landed.ts'
import { brokenRecord, logRecord, logRecords } from '../../support/log-records.ts'

const copyOf = (offset: number, at: number) => ({ ...logRecord(0, offset), offset: at })
/** Events 0 to 3, a copy of the first, what is no event, and an event. */
const log = [[...logRecords(0, 0, 4), copyOf(0, 4), brokenRecord(5), logRecord(0, 6)]]
const path = 'dt=2026-11-21/hr=00/events-p00-00000000000000000000.json'

function lineOf(offset: number, skipped?: number): string {
  const record = JSON.parse(String(log[0]?.[offset]?.value))
  return `${JSON.stringify({ ...record, kafka: { topic: 't', partition: 0, offset, ...(skipped && { skipped }) } })}\n`
}
const whole = [lineOf(0), lineOf(1), lineOf(2), lineOf(3), lineOf(6, 2)]
const letters = [{ partition: 0, offset: 5 }]

function verdictOn(lines: readonly string[], deadLetters = letters, more: [string, string][] = []) {
  const files = [[path, lines.join('')], ...more].map(([name = '', text]): [string, Buffer] => [
    name,
    Buffer.from(text ?? ''),
  ])
  const { lost, overtaken, doubled, wrong, copies, gone } = judge({ log, landed: readLanded(files), deadLetters })
  return { lost, overtaken, doubled, wrong: wrong.length, copies, gone }
}
const clean = { lost: [], overtaken: 0, doubled: [], wrong: 0, copies: 1, gone: 0 }

test('finds nothing where every offset is landed, a copy or a dead letter', () => {
  expect(verdictOn(whole)).toEqual(clean)
})

test('finds an event that is nowhere, and a row that hides it', () => {
  expect(verdictOn(whole.toSpliced(2, 1))).toEqual({ ...clean, lost: ['0:2'], overtaken: 1, wrong: 1 })
})

test('tells what has not landed yet from what was passed over', () => {
  expect(verdictOn(whole.slice(0, 3), [])).toMatchObject({ lost: ['0:3', '0:5', '0:6'], overtaken: 0 })
})

test('finds a dead letter that nobody kept, and one that is landed as well', () => {
  expect(verdictOn(whole, [])).toEqual({ ...clean, lost: ['0:5'], overtaken: 1 })
  expect(verdictOn(whole, [...letters, { partition: 0, offset: 1 }])).toEqual({ ...clean, wrong: 1 })
})

test('finds an offset and an event that are there twice', () => {
  expect(verdictOn(whole.toSpliced(2, 0, lineOf(1)))).toMatchObject({ doubled: ['0:1'] })
  expect(verdictOn([...whole.slice(0, 4), lineOf(4), lineOf(6, 1)])).toMatchObject({
    doubled: [expect.stringMatching(/^0:4, a copy/)],
  })
})

test('takes an event that comes again at another time for a copy, and another event under its id for lost', () => {
  const comesAgain = (text: string, become: string) => [
    [
      ...(log[0] ?? []),
      { ...logRecord(0, 0), offset: 7, value: Buffer.from(String(logRecord(0, 0).value).replace(text, become)) },
    ],
  ]
  const verdict = (again: typeof log) =>
    judge({ log: again, landed: readLanded([[path, Buffer.from(whole.join(''))]]), deadLetters: letters })
  expect(verdict(comesAgain('"@timestamp":"2026-11-21', '"@timestamp":"2026-11-22'))).toMatchObject({
    lost: [],
    copies: 2,
  })
  expect(verdict(comesAgain('"red"', '"blue"'))).toMatchObject({ lost: ['0:7'], copies: 1 })
})

test('finds an event that landed under the offset of another', () => {
  const swapped = lineOf(2).replace('"offset":2', '"offset":3')
  expect(verdictOn([...whole.slice(0, 3), swapped, ...whole.slice(4)])).toMatchObject({ lost: [], wrong: 1 })
})

test.each(['{"event":', '', '42', '{"event":{"id":"a"}}', '{}\r'])('finds a line that is no row: %j', line => {
  expect(verdictOn([...whole, `${line}\n`]).wrong).toBeGreaterThan(0)
})

test('finds a file that ends without a newline, is a cut gzip, or is a stranger', () => {
  expect(verdictOn([...whole.slice(0, -1), whole.at(-1)?.trimEnd() ?? '']).wrong).toBeGreaterThan(0)
  expect(verdictOn(whole, letters, [[`${path}.gz`, 'no gzip']])).toMatchObject({ wrong: 1 })
  expect(verdictOn(whole, letters, [['dt=2026-11-21/hr=00/part-0', '']])).toMatchObject({ wrong: 1 })
})

test('takes what is written down as gone for gone, unless it is landed', () => {
  const gap = (from: number, to: number): [string, string] => [
    `dt=2026-11-21/hr=00/_gap-p00-${from}-${to}.json`,
    JSON.stringify({ partition: 0, generation: 1, from, to }),
  ]
  expect(verdictOn([lineOf(0), lineOf(3, 2), lineOf(6, 2)], letters, [gap(1, 2)])).toEqual({ ...clean, gone: 2 })
  expect(verdictOn(whole, letters, [gap(1, 2)])).toEqual({ ...clean, wrong: 2 })
})

test('asks of documents what it asks of rows, but for the chain', () => {
  const verdict = (lines: readonly string[]) =>
    judge({ log, landed: readLanded([[path, Buffer.from(lines.join(''))]]), deadLetters: letters, chained: false })
  const unchained = whole.toSpliced(4, 1, lineOf(6))
  expect(verdictOn(unchained)).toMatchObject({ wrong: 1 })
  expect(verdict(unchained)).toMatchObject({ lost: [], doubled: [], wrong: [] })
  expect(verdict(unchained.toSpliced(2, 1))).toMatchObject({ lost: ['0:2'], overtaken: 1, wrong: [] })
  expect(verdict([...unchained, lineOf(6)])).toMatchObject({ doubled: ['0:6'] })
})
