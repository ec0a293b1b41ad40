import { jsonFaultAt, utf8FaultAt } from '../consumers/dlq/fault-place.ts'
import { type Letter, nameOf } from '../consumers/dlq/letter.ts'
import { onlyElasticsearch } from '../consumers/dlq/route.ts'
import type { Survey } from '../consumers/dlq/survey.ts'

const maxShown = 8_000

/** Text of strangers, fit for a terminal: characters that control it are spelled out. */
export function printable(text: string): string {
  return text.replace(/[^\P{C}\n]/gu, character => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}

/** The table of `dlq list`, and an example under each line. */
export function printedSurvey({ rows, repeated }: Survey, topic: string): string {
  if (rows.length === 0) return `No dead letters on ${topic}.\n`
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
    `  replays   ${letter.replays} before`,
    `  state     ${done ? 'a replay is through with it' : 'waiting'}`,
    ...Object.entries(headers).map(([name, value]) => `  header    ${oneLine(`${name}: ${value}`)}`),
    '',
    ...printedValue(letter),
    '',
    ...advice(letter).map((text, index) => `${index === 0 ? '→ ' : '  '}${text}`),
  ]
  return `${lines.join('\n')}\n`
}

function printedValue(letter: Letter): string[] {
  if (letter.empty) return ['It has no value.']
  const { value, cutFrom } = letter
  const size = cutFrom === undefined ? `${value.length} bytes` : `the first ${value.length} of ${cutFrom} bytes`
  const badByte = cutFrom === undefined ? utf8FaultAt(value) : undefined
  const text = Buffer.from(value).toString('utf8')
  const at = badByte === undefined ? jsonFaultAt(text) : Buffer.from(value.subarray(0, badByte)).toString('utf8').length
  if (at === undefined) return [`The value, ${size}:`, ...shortened(JSON.stringify(JSON.parse(text), null, 2))]
  const what = badByte === undefined ? 'it is no JSON from here on' : `byte ${badByte} is not UTF-8`
  const before = printable(text.slice(Math.max(0, at - 60), at)).replaceAll('\n', ' ')
  const after = printable(text.slice(at, at + 30)).replaceAll('\n', ' ')
  return [
    `The value, ${size}:`,
    ...shortened(text),
    '',
    `Character ${at + 1}: ${what}${at >= text.length ? ', its end' : ''}`,
    `  ${before}${after}`,
    `  ${' '.repeat(before.length)}^`,
  ]
}

function shortened(text: string): string[] {
  const shown = printable(text.slice(0, maxShown))
  return text.length > maxShown ? [shown, `… ${text.length - maxShown} characters more: --value prints all`] : [shown]
}

/** What to do next, by what is wrong. */
export function advice(letter: Letter): string[] {
  const name = nameOf(letter)
  const repair = [
    `clicktrail dlq show ${name} --value > letter.json`,
    'edit letter.json',
    `clicktrail dlq replay ${name} --value letter.json`,
  ]
  const { origin, reason } = letter
  if (letter.empty) return ['It holds nothing: leave it, or send a record in its place with --value.']
  if (letter.cutFrom !== undefined)
    return [
      `It did not fit and was cut. ${origin ? `While ${printable(origin.topic)} still holds it, the whole value lies at partition ${origin.partition}, offset ${origin.offset}.` : ''}`.trim(),
      `Send it whole, or shortened: clicktrail dlq replay ${name} --value letter.json`,
    ]
  if (reason === 'conflict')
    return [
      'Another event has this id and was stored first; it stays. To store this one too, give it an event.id and event.sequence of its own:',
      ...repair,
    ]
  if (reason === 'too_large')
    return [
      'Elasticsearch takes no document of that size. Raise its http.max_content_length, or shorten it:',
      ...repair,
    ]
  if (onlyElasticsearch(letter))
    return [
      'The files have it; Elasticsearch refused it for its mapping. Where the mapping is wrong, repair it (clicktrail elasticsearch setup), then',
      `clicktrail dlq replay --sink elasticsearch --reason ${printable(reason)}`,
      'Where this document is wrong:',
      ...repair,
    ]
  return ['Replaying it as it is brings it back. Repair it and send that in its place:', ...repair]
}

function oneLine(text: string): string {
  const line = printable(text).replaceAll('\n', ' ')
  return line.length > 160 ? `${line.slice(0, 160)}…` : line
}

function timeOf(timeMs: number): string {
  return new Date(timeMs).toISOString()
}
