import type { ReplayReport } from '../../consumers/dlq/replay.ts'
import type { Outcome } from '../../consumers/dlq/replayer.ts'
import { printable } from './printable.ts'

type Row = ReplayReport['rows'][number]

const meanings: Record<Outcome, string> = {
  topic: 'to the topic, for every writer',
  elasticsearch: 'to Elasticsearch',
  refused: 'refused by Elasticsearch again: a new letter',
  repeated: 'the same record as another letter',
  cut: 'not sent: only the beginning of the value is there',
  empty: 'not sent: it has no value',
  unreadable: 'not sent: would be refused again',
  oversize: 'not sent: the topic takes no record of its size',
  exhausted: 'not sent: it came back too often',
}
const notStored = new Set<Outcome>(['refused', 'cut', 'empty', 'unreadable', 'oversize', 'exhausted'])

/** Whether nothing is left to do for a letter. */
export function stored(outcome: Outcome): boolean {
  return !notStored.has(outcome)
}

/** How many letters a replay has looked at so far. */
export function lettersIn(rows: readonly Row[]): number {
  return rows.reduce((sum, { letters }) => sum + letters, 0)
}

/** What became of the letters, a line for each reason and outcome. `filter`: the flags that left letters out. */
export function printedReplay(
  { rows, leftOut, before }: ReplayReport,
  { dryRun, filter }: { dryRun: boolean; filter: string },
): string {
  if (rows.length === 0 && leftOut > 0) return `None of ${leftOut} letters that wait fits ${filter}; nothing was sent\n`
  const done = dryRun ? 'would be handled; nothing was sent' : 'handled'
  const lines = rows.map(
    row => `${String(row.letters).padStart(8)}  ${printable(row.reason).padEnd(12)} ${meaningOf(row)} (${row.example})`,
  )
  lines.push(`${lettersIn(rows)} letters ${done}; ${before} were before, ${leftOut} left out by the filter`)
  const byHand = rows.find(({ outcome }) => notStored.has(outcome))
  if (byHand) lines.push(`What is not stored needs a hand: clicktrail dlq show ${byHand.example}`)
  return `${lines.join('\n')}\n`
}

function meaningOf({ outcome, example, fault }: Row): string {
  if (fault === undefined) return meanings[outcome]
  const line = printable(fault).replaceAll('\n', ' ')
  return `${meanings[outcome]}: ${line}; repair it: clicktrail dlq show ${example} --value > letter.json`
}
