import type { TopicRecord } from '../topic/topic.ts'
import type { Rejected } from './sink.ts'

/** Where rejected records come from. */
export interface DeadLetterOrigin {
  sink: string
  group: string
  topic: string
  partition: number
}

export interface DeadLetterLimits {
  /** Partitions of the dead-letter topic, 1 or more. */
  partitions: number
  /** Bytes of one record, headers included. */
  maxRecordBytes: number
}

/** Dead letters that go to one partition in one append. */
export interface DeadLetterBatch {
  partition: number
  records: TopicRecord[]
}

const maxBatchRecords = 500
const maxNoteChars = 1_024

/**
 * The dead letter of one rejected record: its value's bytes untouched, its own headers kept, and beside them the headers
 * that Kafka Connect writes (KIP-298) and `clicktrail.sink`, `clicktrail.reason`. Told apart by (sink, topic, partition,
 * offset). A null value becomes an empty one with `clicktrail.value.null`; one that doesn't fit the dead-letter topic is
 * cut, and `clicktrail.value.bytes` says how long it was.
 */
export function deadLetter(rejected: Rejected, origin: DeadLetterOrigin, maxRecordBytes: number): TopicRecord {
  const { record, reason, message } = rejected
  const headers: Record<string, string> = {
    ...record.headers,
    '__connect.errors.topic': origin.topic,
    '__connect.errors.partition': String(origin.partition),
    '__connect.errors.offset': String(record.offset),
    '__connect.errors.connector.name': origin.group,
    '__connect.errors.stage': reason === 'undecodable' || reason === 'invalid' ? 'VALUE_CONVERTER' : 'TASK_PUT',
    '__connect.errors.exception.class.name': `clicktrail.${reason}`,
    '__connect.errors.exception.message': message.slice(0, maxNoteChars),
    'clicktrail.sink': origin.sink,
    'clicktrail.reason': reason,
  }
  const value = record.value ?? new Uint8Array()
  if (record.value === null) headers['clicktrail.value.null'] = 'true'
  const room = Math.max(0, maxRecordBytes - headerBytes(headers) - 64)
  if (value.length <= room) return { value, headers }
  headers['clicktrail.value.bytes'] = String(value.length)
  return { value: value.subarray(0, room), headers }
}

/** Partition of a dead letter: round-robin by the original's offset, so that a repetition goes where the first copy went. */
export function deadLetterPartition(offset: number, partitions: number): number {
  return offset % partitions
}

/** Dead letters in appends that the topic takes: per partition, in offset order, at most 500 records and `maxRecordBytes` together. */
export function deadLetterBatches(
  rejected: readonly Rejected[],
  origin: DeadLetterOrigin,
  limits: DeadLetterLimits,
): DeadLetterBatch[] {
  const batches: DeadLetterBatch[] = []
  const open = new Map<number, { batch: DeadLetterBatch; bytes: number }>()
  for (const one of rejected) {
    const letter = deadLetter(one, origin, limits.maxRecordBytes)
    const partition = deadLetterPartition(one.record.offset, limits.partitions)
    const bytes = letter.value.length + headerBytes(letter.headers ?? {}) + 64
    const last = open.get(partition)
    if (last && last.batch.records.length < maxBatchRecords && last.bytes + bytes <= limits.maxRecordBytes) {
      last.batch.records.push(letter)
      last.bytes += bytes
    } else {
      const batch = { partition, records: [letter] }
      batches.push(batch)
      open.set(partition, { batch, bytes })
    }
  }
  return batches
}

function headerBytes(headers: Record<string, string>): number {
  let bytes = 0
  for (const [name, value] of Object.entries(headers)) bytes += Buffer.byteLength(name) + Buffer.byteLength(value) + 8
  return bytes
}
