import { type Letter, letterOf, nameOf, roundOf } from './letter.ts'
import type { LetterLog } from './letter-log.ts'
import { createRounds } from './rounds.ts'
import { settledFrom } from './settled.ts'

/** Letters of one storage, for one reason, from one partition of the topic. */
export interface SurveyRow {
  sink: string
  reason: string
  /** Of the topic; undefined where nobody said. */
  partition: number | undefined
  letters: number
  /** Of these, what no replay is through with. */
  waiting: number
  firstMs: number
  lastMs: number
  /** The latest, a waiting one where there is one. */
  example: { name: string; message: string; waiting: boolean }
}

export interface Survey {
  rows: SurveyRow[]
  /** Letters that were written more than once, after an acknowledgement that did not come: counted once. */
  repeated: number
  /** Letters that are not wanted, counted the same way. */
  leftOut: number
}

/** Reads every wanted letter that is on the topic now; each record once for a storage and a round. Changes nothing. */
export async function survey(log: LetterLog, wanted: (letter: Letter) => boolean): Promise<Survey> {
  const rows = new Map<string, SurveyRow>()
  const found: Survey = { rows: [], repeated: 0, leftOut: 0 }
  for (const partition of log.partitions) {
    const bounds = await log.bounds(partition)
    const settled = settledFrom(await log.committed(partition), bounds)
    const rounds = createRounds()
    for await (const records of log.read(partition, { from: bounds.low, to: bounds.high })) {
      for (const record of records) {
        const letter = letterOf(partition, record)
        const fits = wanted(letter)
        const round = `${fits} ${letter.sink} ${roundOf(letter)}`
        const first = !rounds.has(round)
        rounds.add(round)
        if (first && fits) add(rows, letter, !settled.has(record.offset))
        else if (first) found.leftOut++
        else if (fits) found.repeated++
      }
    }
  }
  found.rows = [...rows.values()].sort(
    (a, b) => b.waiting - a.waiting || a.sink.localeCompare(b.sink) || a.reason.localeCompare(b.reason),
  )
  return found
}

function add(rows: Map<string, SurveyRow>, letter: Letter, waiting: boolean): void {
  const { sink, reason, origin, refusedMs, message } = letter
  const key = JSON.stringify([sink, reason, origin?.partition])
  const example = { name: nameOf(letter), message, waiting }
  const row = rows.get(key)
  if (!row) {
    const one = { letters: 1, waiting: waiting ? 1 : 0, firstMs: refusedMs, lastMs: refusedMs, example }
    rows.set(key, { sink, reason, partition: origin?.partition, ...one })
    return
  }
  row.letters++
  if (waiting) row.waiting++
  row.firstMs = Math.min(row.firstMs, refusedMs)
  row.lastMs = Math.max(row.lastMs, refusedMs)
  if (waiting || !row.example.waiting) row.example = example
}
