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

/** Headers of a dead letter, and of a record that a replay has sent. */
export const headerNames = {
  topic: '__connect.errors.topic',
  partition: '__connect.errors.partition',
  offset: '__connect.errors.offset',
  connector: '__connect.errors.connector.name',
  stage: '__connect.errors.stage',
  exception: '__connect.errors.exception.class.name',
  message: '__connect.errors.exception.message',
  sink: 'clicktrail.sink',
  reason: 'clicktrail.reason',
  valueNull: 'clicktrail.value.null',
  valueBytes: 'clicktrail.value.bytes',
  headersBytes: 'clicktrail.headers.bytes',
  /** How often it was replayed. */
  replays: 'clicktrail.replays',
  /** Which dead letter it was: `<partition>:<offset>`. */
  replayOf: 'clicktrail.replay.of',
} as const

const maxBatchRecords = 500
const maxNoteChars = 1_024

/**
 * The dead letter of one rejected record: its value's bytes untouched, its own headers kept, and beside them the headers
 * that Kafka Connect writes (KIP-298) and `clicktrail.sink`, `clicktrail.reason`. Told apart by (sink, topic, partition,
 * offset). A null value becomes an empty one with `clicktrail.value.null`; one that doesn't fit the dead-letter topic is
 * cut, and `clicktrail.value.bytes` says how long it was. Headers of its own that fill more than half of what the topic takes
 * are left out, but for how often it was replayed; `clicktrail.headers.bytes` says what they weighed.
 */
export function deadLetter(rejected: Rejected, origin: DeadLetterOrigin, maxRecordBytes: number): TopicRecord {
  const { record, reason, message } = rejected
  const headers: Record<string, string> = {
    ...keptHeaders(record.headers ?? {}, maxRecordBytes / 2),
    [headerNames.topic]: origin.topic,
    [headerNames.partition]: String(origin.partition),
    [headerNames.offset]: String(record.offset),
    [headerNames.connector]: origin.group,
    [headerNames.stage]: reason === 'undecodable' || reason === 'invalid' ? 'VALUE_CONVERTER' : 'TASK_PUT',
    [headerNames.exception]: `clicktrail.${reason}`,
    [headerNames.message]: message.slice(0, maxNoteChars),
    [headerNames.sink]: origin.sink,
    [headerNames.reason]: reason,
  }
  const value = record.value ?? new Uint8Array()
  if (record.value === null) headers[headerNames.valueNull] = 'true'
  const room = Math.max(0, maxRecordBytes - headerBytes(headers) - 64)
  if (value.length <= room) return { value, headers }
  headers[headerNames.valueBytes] = String(value.length)
  return { value: value.subarray(0, room), headers }
}

/** A letter that is too large for the topic would hold up its partition for ever. What says how a value was kept is ours to say. */
function keptHeaders(own: Record<string, string>, maxBytes: number): Record<string, string> {
  const { [headerNames.valueNull]: _, [headerNames.valueBytes]: __, [headerNames.headersBytes]: ___, ...kept } = own
  const bytes = headerBytes(kept)
  if (bytes <= maxBytes) return kept
  const replays = kept[headerNames.replays]
  const counted = replays !== undefined && replays.length < 10 ? { [headerNames.replays]: replays } : {}
  return { ...counted, [headerNames.headersBytes]: String(bytes) }
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

/** What headers weigh in a record, about. */
export function headerBytes(headers: Record<string, string>): number {
  let bytes = 0
  for (const [name, value] of Object.entries(headers)) bytes += Buffer.byteLength(name) + Buffer.byteLength(value) + 8
  return bytes
}
