import { jsonFaultAt, utf8FaultAt } from '../../consumers/dlq/fault-place.ts'
import { type Letter, nameOf } from '../../consumers/dlq/letter.ts'
import type { Survey } from '../../consumers/dlq/survey.ts'
import { decodeRecord } from '../../topic/record.ts'
import { adviceFor } from './letter-advice.ts'
import { printable } from './printable.ts'

const maxShown = 8_000

/** The table of `dlq list`, and an example under each line. `filter`: the flags that left letters out. */
export function printedSurvey({ rows, repeated, leftOut }: Survey, topic: string, filter = ''): string {
  if (rows.length === 0)
    return leftOut > 0 ? `None of ${leftOut} letters on ${topic} fits ${filter}.\n` : `No dead letters on ${topic}.\n`
  const head = ['refused by', 'reason', 'partition', 'letters', 'waiting', 'first', 'last', 'example']
  const cells = rows.map(row => [
    row.sink,
    row.reason,
    String(row.partition ?? '-'),
    String(row.letters),
    String(row.waiting),
    timeOf(row.firstMs),
    timeOf(row.lastMs),
    row.example.name,
  ])
  const widths = head.map((_, column) => Math.max(...[head, ...cells].map(line => line[column]?.length ?? 0)))
  const line = (line: readonly string[]) =>
    line
      .map((cell, column) => printable(cell).padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  const lines = [line(head)]
  rows.forEach((row, index) => {
    lines.push(line(cells[index] ?? []), `    ${oneLine(row.example.message)}`)
  })
  const waiting = rows.reduce((sum, row) => sum + row.waiting, 0)
  const first = rows[0]
  lines.push(
    `${waiting} waiting on ${topic}${repeated > 0 ? `; ${repeated} written more than once are counted once` : ''}`,
  )
  if (first) lines.push(`Look at one: clicktrail dlq show ${first.example.name}`)
  return `${lines.join('\n')}\n`
}

/** A letter for people. `done`: a replay is through with it. */
export function printedLetter(letter: Letter, { topic, done }: { topic: string; done: boolean }): string {
  const { origin, headers } = letter
  const lines = [
    `Dead letter ${nameOf(letter)} of ${topic}`,
    `  refused   ${timeOf(letter.refusedMs)} by ${printable(letter.sink)}`,
    `  reason    ${printable(letter.reason)}: ${printable(letter.message)}`,
    `  record    ${origin ? `${printable(origin.topic)}, partition ${origin.partition}, offset ${origin.offset}` : 'nobody said where it was'}`,
    `  today     ${today(letter)}`,
    `  replays   ${letter.replays} before`,
    `  state     ${done ? 'a replay is through with it' : 'waiting'}`,
    ...Object.entries(headers).map(([name, value]) => `  header    ${oneLine(`${name}: ${value}`)}`),
    '',
    ...printedValue(letter),
    '',
    ...adviceFor(letter).map((text, index) => `${index === 0 ? '→ ' : '  '}${text}`),
  ]
  return `${lines.join('\n')}\n`
}

/** What every writer would say of it now: it may have been refused by an earlier version, or by nobody that said why. */
function today({ value }: Letter): string {
  const decoded = decodeRecord(value)
  return decoded.ok ? 'a record that can be read' : `${decoded.reason}: ${printable(decoded.message)}`
}

function printedValue(letter: Letter): string[] {
  if (letter.empty) return ['It has no value.']
  const { value, cutFrom } = letter
  const size = cutFrom === undefined ? `${value.length} bytes` : `the first ${value.length} of ${cutFrom} bytes`
  const badByte = cutFrom === undefined ? utf8FaultAt(value) : undefined
  const text = Buffer.from(value).toString('utf8')
  const at = badByte === undefined ? jsonFaultAt(text) : Buffer.from(value.subarray(0, badByte)).toString('utf8').length
  if (at === undefined) return [`The value, ${size}:`, ...shortened(JSON.stringify(JSON.parse(text), null, 2))]
  const json = at < text.length ? 'it is no JSON from here on' : 'it ends in the middle of its JSON'
  const what = badByte === undefined ? json : `byte ${badByte + 1} is not UTF-8`
  const before = printable(text.slice(Math.max(0, at - 60), at)).replaceAll('\n', ' ')
  const after = printable(text.slice(at, at + 30)).replaceAll('\n', ' ')
  return [
    `The value, ${size}:`,
    ...shortened(text),
    '',
    `Character ${at + 1}: ${what}`,
    `  ${before}${after}`,
    `  ${' '.repeat(before.length)}^`,
  ]
}

function shortened(text: string): string[] {
  const shown = printable(text.slice(0, maxShown))
  return text.length > maxShown ? [shown, `… ${text.length - maxShown} characters more: --value prints all`] : [shown]
}

function oneLine(text: string): string {
  const line = printable(text).replaceAll('\n', ' ')
  return line.length > 160 ? `${line.slice(0, 160)}…` : line
}

function timeOf(timeMs: number): string {
  return new Date(timeMs).toISOString()
}
