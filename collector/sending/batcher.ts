import type { Logger } from 'pino'
import type { TopicWriter } from '../../topic/topic.ts'
import { type Spool, unknownPartition } from '../spool/spool.ts'
import type { BreakerState } from './breaker.ts'
import { createBreakers } from './breakers.ts'
import { createPartitionSender, type PartitionSender } from './partition-sender.ts'
import {
  type Appended,
  acknowledged,
  createPending,
  createRequest,
  leaveFirst,
  leaveOut,
  type Request,
  unavailable,
} from './pending.ts'

export interface BatcherOptions {
  writer: TopicWriter
  logger: Logger
  /** Takes what the topic doesn't. It stays the caller's, who closes it after the batcher. @default none: such requests are unavailable */
  spool?: Spool | undefined
  /** How long a record waits for company, milliseconds. @default 5 */
  lingerMs?: number
  /** Records a send; the records of one request stay together. @default 500 */
  maxRecords?: number
  /** Bytes a send; never more than the topic takes in one record. @default 512 KiB */
  maxBytes?: number
  /** Sends in flight for each partition when whole ones wait; else one. @default 4 */
  maxInFlight?: number
  /** How long a request may wait for the topic's acknowledgement, milliseconds. @default 5000 */
  deadlineMs?: number
  /** How long `close` waits for the topic before it turns to the spool, milliseconds. @default 1000 */
  closeDeadlineMs?: number
  /** Bytes of all records that wait or are in flight; more is refused. @default 64 MiB */
  maxInFlightBytes?: number
  /** How long a request may expect to wait for its send while the topic keeps acknowledging, milliseconds; more is refused. @default 100 */
  maxQueueMs?: number
  /** Told of every send: its records, and the seconds to its outcome. */
  observeSend?: (records: number, seconds: number) => void
  /** A clock of milliseconds that never goes back. @default performance.now */
  now?: () => number
}

const defaults = {
  lingerMs: 5,
  maxRecords: 500,
  maxBytes: 512 * 1_024,
  maxInFlight: 4,
  deadlineMs: 5_000,
  closeDeadlineMs: 1_000,
  maxInFlightBytes: 64 * 1_024 * 1_024,
  maxQueueMs: 100,
  now: () => performance.now(),
} satisfies Partial<BatcherOptions>

export interface Batcher {
  /**
   * Appends the records of one request to a partition, together with those of others; while the topic is away, or its partitions
   * aren't known yet (−1), to the spool. Resolves within the deadline and a flush of the disk; never rejects.
   */
  append(partition: number, values: readonly Uint8Array[]): Promise<Appended>
  /** Whether any request would be refused now: lets it be refused before its body is looked at. */
  overloaded(): boolean
  /** Bytes that wait or are in flight. */
  inFlightBytes(): number
  /** Sends that wait for their acknowledgement. */
  sendsInFlight(): number
  /** Of the partition that is worst off. */
  breaker(): BreakerState
  /** Whether no partition takes records or is worth a try now. Ends by itself, so that a collector which is sent nothing meanwhile finds out. */
  topicAway(): boolean
  /** What the topic said last where it does not take records; undefined while it takes all. */
  trouble(): string | undefined
  /** Sends or spools what waits, and resolves when every request has its outcome. Later ones are unavailable. */
  close(): Promise<void>
}

/** Gathers records by partition and appends them in few large sends. Waiting for the acknowledgement is the back-pressure. */
export function createBatcher(options: BatcherOptions): Batcher {
  const { deadlineMs, closeDeadlineMs, maxInFlightBytes, ...settings } = { ...defaults, ...options }
  const { writer, logger, spool, now } = settings
  const breakers = spool?.breakers ?? createBreakers({ logger, now })
  const senders = new Map<number, PartitionSender>()
  const pending = createPending()
  let bytes = 0
  let closing = false

  function senderOf(partition: number): PartitionSender {
    let sender = senders.get(partition)
    if (sender === undefined) {
      sender = createPartitionSender({
        ...settings,
        partition,
        breakers,
        taken: request => pending.settle(request, acknowledged(request)),
        partTaken: (request, count) => {
          bytes -= leaveFirst(request, count)
        },
        untaken: request => store(partition, request),
        refused: request => pending.settle(request, unavailable),
        tooLarge: refuseTooLarge,
        let: letGo,
      })
      senders.set(partition, sender)
    }
    return sender
  }

  function letGo(request: Request): void {
    if (--request.holders === 0) bytes -= request.bytes
  }

  function refuseTooLarge(request: Request, at: number): void {
    bytes -= leaveOut(request, at)
    if (request.values.length === 0) pending.settle(request, acknowledged(request))
  }

  function store(partition: number, request: Request): void {
    if (spool === undefined) {
      pending.settle(request, unavailable)
      return
    }
    request.phase = 'spooling'
    request.holders++
    void spool.append(partition, request.values).then(durable => {
      pending.settle(request, durable ? acknowledged(request) : unavailable)
      letGo(request)
    })
  }

  /** Whether the topic is to be tried though its breaker is not closed: whoever gets a true must send. The spool's own records are the better trial: nobody waits for them. */
  function isTrial(partition: number): boolean {
    return !spool?.holds(partition) && breakers.mayTry(partition)
  }

  function accept(partition: number, added: Request): void {
    const known = partition >= 0
    const closed = known && breakers.stateOf(partition) === 'closed'
    const refusal = refusalOf(added, closed ? senderOf(partition) : undefined)
    if (refusal) {
      added.resolve(refusal)
      return
    }
    bytes += added.bytes
    pending.add(added)
    // Asked last: a trial that a refused request had taken would be reported on by nobody.
    if (closed || (known && isTrial(partition))) {
      added.deadlineMs = now() + deadlineMs
      senderOf(partition).push(added)
    } else {
      store(known ? partition : unknownPartition, added)
      letGo(added)
    }
  }

  /** The outcome of what is not let in; `sender` is whom it would wait for. */
  function refusalOf(added: Request, sender: PartitionSender | undefined): Appended | undefined {
    if (closing) return unavailable
    if (added.values.length === 0) return acknowledged(added)
    const overloaded = bytes + added.bytes > maxInFlightBytes || sender?.refuses()
    return overloaded ? { outcome: 'overloaded' } : undefined
  }

  return {
    append: (partition, values) =>
      new Promise(resolve => accept(partition, createRequest(values, writer.maxRecordBytes(), resolve))),
    overloaded() {
      if (bytes >= maxInFlightBytes) return true
      for (const sender of senders.values()) if (!sender.refuses()) return false
      return senders.size > 0
    },
    inFlightBytes: () => bytes,
    sendsInFlight() {
      let sum = 0
      for (const sender of senders.values()) sum += sender.inFlight()
      return sum
    },
    breaker: () => breakers.state(),
    topicAway: () => breakers.away(),
    trouble: () => breakers.trouble(),
    async close() {
      closing = true
      const spools = spool !== undefined && spool.state() !== 'off'
      const waitMs = spools ? Math.min(closeDeadlineMs, deadlineMs) : deadlineMs
      for (const sender of senders.values()) sender.hurry(now() + waitMs)
      await pending.idle()
      for (const sender of senders.values()) sender.stop()
    },
  }
}
