import type { Logger } from 'pino'
import { TopicError, type TopicWriter } from '../topic/topic.ts'
import { createLane, type Lane, type Queued, type SendLimits } from './lane.ts'
import { type Appended, createPending, type Request } from './pending.ts'

export interface BatcherOptions {
  writer: TopicWriter
  logger: Logger
  /** How long a record waits for company, milliseconds. @default 5 */
  lingerMs?: number
  /** Records a send. @default 500 */
  maxRecords?: number
  /** Bytes a send; never more than the topic takes in one record. @default 512 KiB */
  maxBytes?: number
  /** Sends in flight for each partition. @default 1 */
  maxInFlight?: number
  /** How long a request may wait for its acknowledgement, milliseconds. @default 5000 */
  deadlineMs?: number
  /** Bytes of all records that wait or are in flight; more is refused. @default 64 MiB */
  maxInFlightBytes?: number
}

const defaults = {
  lingerMs: 5,
  maxRecords: 500,
  maxBytes: 512 * 1_024,
  maxInFlight: 1,
  deadlineMs: 5_000,
  maxInFlightBytes: 64 * 1_024 * 1_024,
} satisfies Omit<BatcherOptions, 'writer' | 'logger'>

export interface Batcher {
  /** Appends the records of one request to a partition, together with those of others. Resolves within the deadline; never rejects. */
  append(partition: number, values: readonly Uint8Array[]): Promise<Appended>
  /** Bytes that wait or are in flight. */
  inFlightBytes(): number
  /** Sends what waits without lingering, and resolves when every request has its outcome. Later ones are unavailable. */
  close(): Promise<void>
}

interface LaneState {
  lane: Lane<Request>
  inFlight: number
  /** Whether the linger is over for what waits. */
  due: boolean
  timer: NodeJS.Timeout | undefined
}

/** Gathers records by partition and appends them in few large sends. Waiting for the acknowledgement is the back-pressure. */
export function createBatcher(options: BatcherOptions): Batcher {
  const { writer, logger, lingerMs, maxInFlight, deadlineMs, maxInFlightBytes, ...send } = { ...defaults, ...options }
  const lanes = new Map<number, LaneState>()
  const pending = createPending()
  let bytes = 0
  let failing = false
  let closing = false

  function laneOf(partition: number): LaneState {
    let state = lanes.get(partition)
    if (state === undefined) {
      state = { lane: createLane(partition), inFlight: 0, due: false, timer: undefined }
      lanes.set(partition, state)
    }
    return state
  }

  function sendLimits(): SendLimits {
    return { maxRecords: send.maxRecords, maxBytes: Math.min(send.maxBytes, writer.maxRecordBytes()) }
  }

  function release(records: readonly Queued<Request>[]): void {
    for (const record of records) bytes -= record.value.byteLength
  }

  function pump(state: LaneState): void {
    release(state.lane.takeWhile(record => record.request.settled))
    const limits = sendLimits()
    while (state.inFlight < maxInFlight && state.lane.size > 0 && (state.due || closing || state.lane.full(limits))) {
      void sendOne(state, state.lane.take(limits))
    }
    if (state.lane.size > 0) return
    state.due = false
    clearTimeout(state.timer)
    state.timer = undefined
  }

  async function sendOne(state: LaneState, records: readonly Queued<Request>[]): Promise<void> {
    state.inFlight++
    let again: readonly Queued<Request>[] = []
    try {
      await writer.append(
        state.lane.partition,
        records.map(({ value }) => ({ value })),
      )
      if (failing) logger.info('the topic takes events again')
      failing = false
      for (const { request } of records) pending.finish(request)
    } catch (error) {
      again = afterFailure(records, error)
    }
    state.inFlight--
    release(records)
    for (const record of again) bytes += record.value.byteLength
    state.lane.unshift(again)
    if (again.length > 0) state.due = true
    pump(state)
  }

  /** Gives each record its outcome and returns those to send again. */
  function afterFailure(records: readonly Queued<Request>[], error: unknown): readonly Queued<Request>[] {
    const large =
      error instanceof TopicError && error.code === 'record_too_large' ? records[error.index ?? -1] : undefined
    if (large !== undefined) {
      pending.finish(large.request, large.index)
      return records.filter(record => record !== large && !record.request.settled)
    }
    if (!failing) logger.warn({ err: error }, 'the topic does not take events')
    failing = true
    for (const { request } of records) pending.giveUp(request)
    return []
  }

  function enqueue(
    state: LaneState,
    values: readonly Uint8Array[],
    fitting: readonly number[],
    tooLarge: number[],
  ): Promise<Appended> {
    const expired = () => pump(state)
    const { request, appended } = pending.add({ open: fitting.length, tooLarge, deadlineMs, expired })
    for (const index of fitting) {
      const value = values[index]
      if (value !== undefined) state.lane.push({ value, index, request })
    }
    state.timer ??= setTimeout(() => {
      state.due = true
      pump(state)
    }, lingerMs)
    pump(state)
    return appended
  }

  return {
    async append(partition, values) {
      if (closing) return { outcome: 'unavailable' }
      const maxRecordBytes = writer.maxRecordBytes()
      const fitting: number[] = []
      const tooLarge: number[] = []
      let added = 0
      values.forEach((value, index) => {
        if (value.byteLength > maxRecordBytes) {
          tooLarge.push(index)
          return
        }
        fitting.push(index)
        added += value.byteLength
      })
      if (fitting.length === 0) return { outcome: 'acknowledged', tooLarge }
      if (bytes + added > maxInFlightBytes) return { outcome: 'overloaded' }
      bytes += added
      return enqueue(laneOf(partition), values, fitting, tooLarge)
    },
    inFlightBytes: () => bytes,
    close() {
      closing = true
      for (const state of lanes.values()) pump(state)
      return pending.idle()
    },
  }
}
