import { z } from 'zod'
import type { LogRecord } from '../../topic/topic.ts'
import type { Landed, Row } from './landed.ts'
import { goodAction } from './values.ts'

export interface Evidence {
  /** Every record that was ever on the topic, by partition and offset. */
  log: readonly (readonly LogRecord[])[]
  landed: Landed
  deadLetters: readonly { partition: number; offset: number }[]
  /** @default 1 */
  generation?: number
  /** Whether a row says how many offsets were passed over before it; documents do not. @default true */
  chained?: boolean
}

export interface Verdict {
  records: number
  copies: number
  /** Sum of `kafka.skipped`. */
  skipped: number
  deadLetters: number
  /** Offsets that were gone before anybody read them, and are written down. */
  gone: number
  /** Offsets that are nowhere. */
  lost: string[]
  /** How many of those a later row of their partition has passed over: no writer comes back for them. */
  overtaken: number
  /** Offsets and events that are there twice. */
  doubled: string[]
  /** Everything else that must not be. */
  wrong: string[]
}

const eventSchema = z.looseObject({ event: z.looseObject({ id: z.string(), action: z.literal(goodAction) }) })

/** What all copies of an event that has to land have in common: its id, and all but the time at which it arrived. */
interface Known {
  id: string
  content: string
}

/** Undefined for what is foreign, which may land or be a dead letter. */
function knownOf({ value }: LogRecord): Known | undefined {
  try {
    const { success, data } = eventSchema.safeParse(JSON.parse(String(value)))
    return success ? { id: data.event.id, content: JSON.stringify({ ...data, '@timestamp': undefined }) } : undefined
  } catch {
    return undefined
  }
}

/**
 * Holds the files to the log: every offset is landed, a copy of an event that is landed, a dead letter, or written down as gone, and only
 * one of them; `kafka.skipped` leads from each row to the one before; every line parses. Another event under the id of a landed one is no
 * copy.
 */
export function judge({ log, landed, deadLetters, generation = 1, chained = true }: Evidence): Verdict {
  const rows = landed.rows.filter(row => row.generation === generation)
  const verdict: Verdict = {
    records: log.reduce((sum, records) => sum + records.length, 0),
    copies: 0,
    skipped: rows.reduce((sum, row) => sum + row.skipped, 0),
    deadLetters: new Set(deadLetters.map(letter => `${letter.partition}:${letter.offset}`)).size,
    gone: 0,
    lost: [],
    overtaken: 0,
    doubled: [],
    wrong: [...landed.broken],
  }
  for (const [partition, records] of log.entries()) {
    const here = <T extends { partition: number }>(all: readonly T[]) => all.filter(one => one.partition === partition)
    const gaps = here(landed.gaps).filter(gap => gap.generation === generation)
    const isGone = (offset: number) => gaps.some(gap => gap.from <= offset && offset <= gap.to)
    const own = here(rows).sort((a, b) => a.offset - b.offset)
    judgePartition(verdict, { partition, records, rows: own, isGone, letters: here(deadLetters), chained })
  }
  for (const row of rows)
    if (!log[row.partition]?.[row.offset]) verdict.wrong.push(`${nameOf(row)} is not on the topic`)
  return verdict
}

interface Partition {
  partition: number
  records: readonly LogRecord[]
  rows: readonly Row[]
  letters: readonly { offset: number }[]
  isGone(offset: number): boolean
  chained: boolean
}

function judgePartition(verdict: Verdict, { partition, records, rows, letters, isGone, chained }: Partition): void {
  const landed = new Map(rows.map(row => [row.offset, row]))
  const dead = new Set(letters.map(letter => letter.offset))
  const events = records.map(knownOf)
  const contents = new Set(rows.map(row => events[row.offset]?.content))
  const seen = new Set<string>()
  const lastLanded = rows.at(-1)?.offset ?? -1
  for (const [index, record] of records.entries()) {
    const at = `${partition}:${record.offset}`
    const row = landed.get(record.offset)
    const known = events[index]
    if (row && dead.has(record.offset)) verdict.wrong.push(`${at} is landed and a dead letter`)
    else if (row && known && row.id !== known.id) verdict.wrong.push(`${at} is ${known.id}, but ${row.id} is landed`)
    else if (row && isGone(record.offset)) verdict.wrong.push(`${at} is landed, and written down as gone`)
    else if (row || dead.has(record.offset)) continue
    else if (isGone(record.offset)) verdict.gone++
    else if (known && contents.has(known.content)) verdict.copies++
    else {
      verdict.lost.push(at)
      if (record.offset < lastLanded) verdict.overtaken++
    }
  }
  for (const [index, row] of rows.entries()) {
    const before = rows[index - 1]
    if (before?.offset === row.offset) verdict.doubled.push(nameOf(row))
    else if (seen.has(row.id)) verdict.doubled.push(`${nameOf(row)}, a copy of ${row.id}`)
    else if (chained && before && row.offset - before.offset - 1 !== row.skipped)
      verdict.wrong.push(`${nameOf(row)} counts ${row.skipped} skipped after ${before.offset}`)
    seen.add(row.id)
  }
}

const nameOf = (row: Row) => `${row.partition}:${row.offset}`
