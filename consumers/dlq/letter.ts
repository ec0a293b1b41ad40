import type { LogRecord } from '../../topic/topic.ts'
import { headerNames } from '../dead-letter.ts'

/** Where a record lies on a topic. */
export interface Place {
  partition: number
  offset: number
}

/** A dead letter as it was read back. */
export interface Letter {
  /** Where it lies on the dead-letter topic. */
  at: Place
  /** When it was written there. */
  refusedMs: number
  /** Which storage refused it; `-` where nobody said. */
  sink: string
  /** `unknown` where nobody said: somebody else wrote it. */
  reason: string
  /** For people. */
  message: string
  /** Where the record lies, or lay, on its topic. */
  origin: (Place & { topic: string }) | undefined
  value: Uint8Array
  /** The record's own headers: those about the refusal are left out. */
  headers: Record<string, string>
  /** How often it has been replayed before. */
  replays: number
  /** Bytes of the whole value, where it did not fit: `value` is only its beginning. */
  cutFrom: number | undefined
  /** The record had no value at all. */
  empty: boolean
}

const ours = new Set<string>(Object.values(headerNames))

/** Reads a record of the dead-letter topic, whoever wrote it. Never throws. */
export function letterOf(partition: number, record: LogRecord): Letter {
  const given = record.headers ?? {}
  const headers = Object.fromEntries(
    Object.entries(given).filter(([name]) => !ours.has(name) && !name.startsWith('__connect.errors.')),
  )
  const isNull = given[headerNames.valueNull] === 'true' || record.value === null
  return {
    at: { partition, offset: record.offset },
    refusedMs: record.timestampMs,
    sink: given[headerNames.sink] ?? '-',
    reason: given[headerNames.reason] ?? 'unknown',
    message: given[headerNames.message] ?? 'it says nothing about why',
    origin: originOf(given),
    value: record.value ?? new Uint8Array(),
    headers,
    replays: whole(given[headerNames.replays]) ?? 0,
    cutFrom: whole(given[headerNames.valueBytes]),
    empty: isNull,
  }
}

/**
 * The same for every letter of one refused record in one round: two storages that refuse it write two, and one that could not be
 * acknowledged is written again.
 */
export function roundOf({ origin, at, replays }: Letter): string {
  if (!origin) return `${at.partition}:${at.offset}`
  return `${origin.topic} ${origin.partition} ${origin.offset} ${replays}`
}

/** `1:17`, as people name a letter. */
export function nameOf({ at }: Pick<Letter, 'at'>): string {
  return `${at.partition}:${at.offset}`
}

function originOf(given: Record<string, string>): Letter['origin'] {
  const topic = given[headerNames.topic]
  const partition = whole(given[headerNames.partition])
  const offset = whole(given[headerNames.offset])
  return topic === undefined || partition === undefined || offset === undefined
    ? undefined
    : { topic, partition, offset }
}

function whole(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
