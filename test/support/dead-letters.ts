import { deadLetter } from '../../consumers/dead-letter.ts'
import { type Letter, letterOf } from '../../consumers/dlq/letter.ts'
import type { RejectReason } from '../../consumers/sink.ts'
import { encodeRecord } from '../../topic/record.ts'
import type { LogRecord, TopicRecord } from '../../topic/topic.ts'
import { eventRecord, logStartMs } from './log-records.ts'

export interface RefusedRecord {
  sink?: string
  reason?: RejectReason
  topic?: string
  partition?: number
  offset?: number
  value?: Uint8Array | null
  headers?: Record<string, string>
}

/** What is on the dead-letter topic of a record that was refused, and that any writer takes today unless it has a `value`. */
export function refused(record: RefusedRecord = {}): TopicRecord {
  const { sink = 'hdfs', reason = 'undecodable', topic = 'clicktrail', partition = 0, offset = 0 } = record
  const { value = goodValue(offset + 1), headers } = record
  const original = { value, offset, timestampMs: logStartMs, ...(headers ? { headers } : {}) }
  const origin = { sink, group: `${topic}-${sink}`, topic, partition }
  return deadLetter({ record: original, reason, message: `it is ${reason}` }, origin, 1_000_000)
}

/** The same, as it lies at `at` of partition 0 of the dead-letter topic. */
export function refusedAt(at: number, record: RefusedRecord = {}): LogRecord {
  return { ...refused(record), offset: at, timestampMs: logStartMs + at * 1_000 }
}

export function letterAt(at: number, record: RefusedRecord = {}): Letter {
  return letterOf(0, refusedAt(at, record))
}

/** The value of a good record. */
export function goodValue(sequence = 1): Uint8Array {
  return encodeRecord(eventRecord({ sequence }))
}
