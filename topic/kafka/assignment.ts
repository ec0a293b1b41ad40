import type { Batch, KafkaMessage } from 'kafkajs'
import { type LogRecord, TopicError } from '../topic.ts'
import { acceptBatch, type Expected } from './accept-batch.ts'

/** One partition that is ours, from a join of the group to the next. */
export interface Held extends Expected {
  partition: number
  /** Whether `position` was asked for; else it is to be what the group committed. */
  sought: boolean
  /** Asked for by the reader's user. */
  paused: boolean
  /** Whether kafkajs reads from `position`: until then nothing is delivered. */
  settled: boolean
  /** A batch came from before `position`: whether the log was cut or made again is to be asked before it is settled again. */
  behind: boolean
}

/** What came of a batch: records to hand over, a place to fetch from again, or nothing. `backwards`: it lies before what was delivered or sought. */
export type Taken =
  | { kind: 'deliver'; records: LogRecord[]; resolved: string }
  | { kind: 'refetch'; offset: number }
  | { kind: 'backwards' }
  | { kind: 'discard' }

/** The partitions of one join. A new join makes a new one, so that whatever belongs to an older one can tell. */
export interface Assignment {
  readonly partitions: readonly number[]
  /** Throws `fenced` for a partition that is not in it. */
  held(partition: number): Held
  /** Takes a batch and moves the position on; never skips a record and never takes one twice. After `backwards` the partition is unsettled. */
  take(batch: Batch, stale: boolean): Taken
}

function textOf(value: Buffer | string | (Buffer | string)[] | undefined): string {
  return Array.isArray(value) ? value.map(textOf).join(',') : (value?.toString() ?? '')
}

function recordOf({ offset, timestamp, value, headers }: KafkaMessage): LogRecord {
  const record: LogRecord = { value, offset: Number(offset), timestampMs: Number(timestamp) }
  const names = Object.entries(headers ?? {})
  if (names.length > 0) record.headers = Object.fromEntries(names.map(([name, text]) => [name, textOf(text)]))
  return record
}

/** kafkajs keeps where it fetched from on the batch, though not in its types. */
function fetchedOffsetOf(batch: Batch): number | undefined {
  return 'fetchedOffset' in batch ? Number(batch.fetchedOffset) : undefined
}

export function createAssignment(topic: string, partitions: readonly number[]): Assignment {
  const all = new Map<number, Held>()
  for (const partition of partitions) {
    all.set(partition, {
      partition,
      position: -1,
      sought: false,
      paused: false,
      settled: false,
      behind: false,
      refetchedAt: undefined,
    })
  }
  return {
    partitions: [...partitions],
    held(partition) {
      const held = all.get(partition)
      if (!held) throw new TopicError('fenced', `${topic}/${partition} is not assigned to this reader`)
      return held
    },
    take(batch, stale) {
      const held = all.get(batch.partition)
      if (!held?.settled || held.paused || stale) return { kind: 'discard' }
      const fetched = fetchedOffsetOf(batch) ?? held.position
      const resolved = batch.lastOffset()
      if (fetched < held.position && Number(resolved) < held.position) {
        held.settled = false
        held.behind = true
        return { kind: 'backwards' }
      }
      if (acceptBatch(held, fetched) === 'refetch') {
        held.refetchedAt = held.position
        return { kind: 'refetch', offset: held.position }
      }
      const from = held.position
      held.position = Math.max(from, Number(resolved) + 1)
      return {
        kind: 'deliver',
        records: batch.messages.filter(({ offset }) => Number(offset) >= from).map(recordOf),
        resolved,
      }
    },
  }
}
