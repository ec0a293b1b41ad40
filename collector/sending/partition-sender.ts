import { TopicError, type TopicRecord, type TopicWriter } from '../../topic/topic.ts'
import type { Breakers } from './breakers.ts'
import { createLane } from './lane.ts'
import type { Request, RequestFate } from './pending.ts'
import { createQueueTime } from './queue-time.ts'
import { failureOf, firstOf } from './send-failure.ts'

export interface PartitionSenderOptions extends RequestFate {
  partition: number
  writer: TopicWriter
  breakers: Breakers
  lingerMs: number
  maxRecords: number
  maxBytes: number
  maxInFlight: number
  maxQueueMs: number
  now: () => number
  /** A send of so many records has its outcome. */
  observeSend?: ((records: number, seconds: number) => void) | undefined
}

/** The sends to one partition: one in flight, more only when a whole send's worth waits. */
export interface PartitionSender {
  push(request: Request): void
  /** Whether the queue is so long that a new request would wait too long. */
  refuses(): boolean
  /** Sends that somebody still waits for. */
  inFlight(): number
  /** Sends without lingering from now on, and waits for none longer than until `deadlineMs`. */
  hurry(deadlineMs: number): void
  /** Stops its timers; for when nothing waits. */
  stop(): void
}

interface Send {
  requests: readonly Request[]
  records: readonly TopicRecord[]
  bytes: number
  startedMs: number
  backlogged: boolean
  /** Whether a request still waits for it: one that hangs must not block those behind it for ever. */
  awaited: boolean
}

const isWaiting = (request: Request) => request.phase === 'waiting'

/** A timer may fire a moment before its time, as another clock sees it. */
const timerSlackMs = 1

export function createPartitionSender(options: PartitionSenderOptions): PartitionSender {
  const { partition, writer, breakers, lingerMs, maxRecords, maxBytes, maxInFlight, maxQueueMs, now } = options
  const lane = createLane<Request>()
  const queueTime = createQueueTime({ maxQueueMs })
  const sends = new Set<Send>()
  let inFlight = 0
  /** Whether the linger is over for what waits. */
  let due = false
  /** When all is to be over, once `hurry` was called. */
  let hurryMs = Number.POSITIVE_INFINITY
  let linger: NodeJS.Timeout | undefined
  let deadline: NodeJS.Timeout | undefined

  function pump(): void {
    const within = { maxRecords, maxBytes: Math.min(maxBytes, writer.maxRecordBytes()) }
    while (lane.size > 0 && inFlight < maxInFlight) {
      if (!lane.full(within) && (inFlight > 0 || !(due || hurryMs < Number.POSITIVE_INFINITY))) return
      send(lane.take(within))
    }
    if (lane.size > 0) return
    due = false
    clearTimeout(linger)
    linger = undefined
  }

  function send(requests: readonly Request[]): void {
    const records: TopicRecord[] = []
    let bytes = 0
    for (const request of requests) {
      for (const value of request.values) records.push({ value })
      bytes += request.bytes
      request.deadlineMs = Math.min(request.deadlineMs, hurryMs)
    }
    const begun = { requests, records, bytes, startedMs: now(), backlogged: lane.size > 0, awaited: true }
    sends.add(begun)
    inFlight++
    writer.append(partition, records).then(
      () => succeeded(begun),
      error => failed(begun, error),
    )
  }

  function succeeded(send: Send): void {
    breakers.succeeded(partition)
    queueTime.acknowledged({ ...send, nowMs: now() })
    for (const request of send.requests) options.taken(request)
    finish(send, send.requests)
  }

  function failed(send: Send, error: unknown): void {
    const failure = failureOf(error, send.requests)
    if (failure.kind === 'too_large') {
      breakers.succeeded(partition)
      options.tooLarge(failure.request, failure.at)
      for (const { request, count } of firstOf(send.requests, failure.acknowledged)) {
        if (count === request.values.length) options.taken(request)
        else options.partTaken(request, count)
      }
      const again = send.requests.filter(isWaiting)
      const done = send.requests.filter(request => !again.includes(request))
      finish(send, done, again)
      return
    }
    const away = failure.kind === 'away'
    if (away || breakers.stateOf(partition) !== 'closed') breakers.failed(partition, error)
    for (const request of send.requests.filter(isWaiting)) (away ? options.untaken : options.refused)(request)
    if (away) emptyLane()
    finish(send, send.requests)
  }

  function finish(send: Send, done: readonly Request[], again: readonly Request[] = []): void {
    sends.delete(send)
    if (send.awaited) inFlight--
    options.observeSend?.(send.records.length, (now() - send.startedMs) / 1_000)
    for (const request of done) options.let(request)
    if (again.length > 0) {
      lane.unshift(again)
      due = true
    }
    pump()
  }

  function emptyLane(): void {
    for (let request = lane.shift(); request !== undefined; request = lane.shift()) {
      options.untaken(request)
      options.let(request)
    }
  }

  function arm(deadlineMs: number): void {
    deadline ??= setTimeout(expire, Math.max(0, deadlineMs - now()))
  }

  /** Gives up what has waited too long: then the topic is away for what waits behind it, too. */
  function expire(): void {
    deadline = undefined
    const byMs = now() + timerSlackMs
    let expired = (lane.head()?.deadlineMs ?? Number.POSITIVE_INFINITY) <= byMs
    let nextMs = Number.POSITIVE_INFINITY
    for (const send of sends) {
      if (!send.awaited) continue
      send.awaited = false
      for (const request of send.requests) {
        if (request.phase !== 'waiting') continue
        if (request.deadlineMs <= byMs) {
          expired = true
          options.untaken(request)
        } else {
          send.awaited = true
          nextMs = Math.min(nextMs, request.deadlineMs)
        }
      }
      if (!send.awaited) inFlight--
    }
    if (expired) {
      breakers.failed(partition, new TopicError('unavailable', `${writer.topic}/${partition} did not answer in time`))
      emptyLane()
    }
    nextMs = Math.min(nextMs, lane.head()?.deadlineMs ?? Number.POSITIVE_INFINITY)
    if (nextMs < Number.POSITIVE_INFINITY) arm(nextMs)
    pump()
  }

  return {
    push(request) {
      lane.push(request)
      linger ??= setTimeout(() => {
        due = true
        pump()
      }, lingerMs)
      arm(request.deadlineMs)
      pump()
    },
    refuses: () => queueTime.refuses(lane.bytes, now()),
    inFlight: () => inFlight,
    hurry(deadlineMs) {
      hurryMs = deadlineMs
      pump()
      for (const { requests } of sends)
        for (const request of requests) request.deadlineMs = Math.min(request.deadlineMs, deadlineMs)
      clearTimeout(deadline)
      deadline = undefined
      if (sends.size > 0) arm(deadlineMs)
    },
    stop() {
      clearTimeout(linger)
      clearTimeout(deadline)
    },
  }
}
