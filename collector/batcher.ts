import type { Logger } from 'pino'
import { TopicError, type TopicWriter } from '../topic/topic.ts'
import { createLane, type Lane, type Queued, type SendLimits } from './lane.ts'

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

export type Appended =
  /** All are acknowledged but those at `tooLarge`, which the topic never takes. */
  | { outcome: 'acknowledged'; tooLarge: readonly number[] }
  /** Nothing was queued: too much is in flight. */
  | { outcome: 'overloaded' }
  /** Not acknowledged in time, or refused: some may be on the topic nevertheless. */
  | { outcome: 'unavailable' }

export interface Batcher {
  /** Appends the records of one request to a partition, together with those of others. Resolves within the deadline; never rejects. */
  append(partition: number, values: readonly Uint8Array[]): Promise<Appended>
  /** Bytes that wait or are in flight. */
  inFlightBytes(): number
  /** Sends what waits without lingering, and resolves when every request has its outcome. Later ones are unavailable. */
  close(): Promise<void>
}

interface Request {
  /** Records without an outcome yet. */
  open: number
  settled: boolean
  tooLarge: number[]
  timer: NodeJS.Timeout
  resolve(appended: Appended): void
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
  const waiting = new Set<Request>()
  let bytes = 0
  let failing = false
  let closing = false
  let drained = () => {}

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

  function settle(request: Request, appended: Appended): void {
    if (request.settled) return
    request.settled = true
    clearTimeout(request.timer)
    waiting.delete(request)
    request.resolve(appended)
    if (waiting.size === 0) drained()
  }

  function finish({ request }: Queued<Request>): void {
    request.open--
    if (request.open === 0) settle(request, { outcome: 'acknowledged', tooLarge: request.tooLarge })
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
      for (const record of records) finish(record)
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
      large.request.tooLarge.push(large.index)
      finish(large)
      return records.filter(record => record !== large && !record.request.settled)
    }
    if (!failing) logger.warn({ err: error }, 'the topic does not take events')
    failing = true
    for (const { request } of records) giveUp(request)
    return []
  }

  function giveUp(request: Request): void {
    settle(request, { outcome: 'unavailable' })
  }

  function expire(state: LaneState, request: Request): void {
    giveUp(request)
    pump(state)
  }

  function enqueue(
    state: LaneState,
    values: readonly Uint8Array[],
    fitting: number[],
    tooLarge: number[],
  ): Promise<Appended> {
    return new Promise(resolve => {
      const timer = setTimeout(() => expire(state, request), deadlineMs)
      const request: Request = { open: fitting.length, settled: false, tooLarge, timer, resolve }
      waiting.add(request)
      for (const index of fitting) {
        const value = values[index]
        if (value !== undefined) state.lane.push({ value, index, request })
      }
      state.timer ??= setTimeout(() => {
        state.due = true
        pump(state)
      }, lingerMs)
      pump(state)
    })
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
      return new Promise(resolve => {
        drained = resolve
        if (waiting.size === 0) resolve()
      })
    },
  }
}
