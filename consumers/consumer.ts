import type { Logger } from 'pino'
import type { TopicReader, TopicWriter } from '../topic/topic.ts'
import { type BackoffOptions, wait } from './backoff.ts'
import { createDeadLetterOffice } from './dead-letter-office.ts'
import type { PartitionLane } from './lane.ts'
import { type ConsumerMetrics, noMetrics } from './metrics.ts'
import { createPartitionLane } from './partition-lane.ts'
import type { PartitionStatus } from './partition-status.ts'
import { createQueueLimit } from './queue-limit.ts'
import type { Sink } from './sink.ts'
import { watchEnds } from './watch-ends.ts'

export interface ConsumerOptions {
  /** Closed by `close()`. */
  reader: TopicReader
  /** Closed by `close()`. */
  sink: Sink
  /** The dead-letter topic, written with acks=all. Stays open: it belongs to the caller. */
  deadLetters: TopicWriter
  logger: Logger
  /** Told what happens. @default nobody */
  metrics?: ConsumerMetrics
  /** Bytes that all partitions may hold together before they are paused. @default 268435456 (256 MiB) */
  maxQueueBytes?: number
  /** How often it is asked whether a flush is due, milliseconds. @default 100 */
  tickMs?: number
  /** How long `close()` may go on flushing, milliseconds. @default 10000 */
  closeTimeoutMs?: number
  /** Between tries of a partition that failed, and of dead letters. */
  backoff?: BackoffOptions
  /** @default Date.now */
  now?: () => number
}

export interface Consumer {
  /** Joins the group; resolves when the reader has started. */
  start(): Promise<void>
  /**
   * Pauses, flushes and commits what is buffered within `closeTimeoutMs`, leaves the group and closes the sink. What could
   * not be flushed is not committed and is read again by the next one. Idempotent.
   */
  close(): Promise<void>
  /** Resolves when closed; rejects when the reader died for good. */
  readonly done: Promise<void>
  status(): PartitionStatus[]
  /** Partitions that wait for an operator. */
  readonly halted: PartitionStatus[]
}

const defaults = {
  metrics: noMetrics,
  maxQueueBytes: 256 * 1024 * 1024,
  tickMs: 100,
  closeTimeoutMs: 10_000,
  backoff: {},
  now: Date.now,
}

/** Of one partition's delivered bytes that may wait for the sink: more than a fetch brings, so that it is never without work. */
const maxIntakeBytes = 4 * 1024 * 1024
/** … and of all partitions', as a share of the queue. */
const intakeShare = 0.2

/** How often it is asked where the log ends: nothing but the lag of a partition that reads nothing waits for it. */
const askEndsMs = 15_000

/** What an aborted sink may take to notice. */
const abortGraceMs = 1_000

/**
 * The one loop of every sink. Records of a partition are landed in order, what was refused is in the dead letters before
 * anything beyond it lands or is committed, and only what is durable is committed. At least once towards the sink, which
 * makes it once. A partition that fails is started again with back-off, one that is halted waits; the others go on.
 */
export function createConsumer(options: ConsumerOptions): Consumer {
  const { reader, sink, logger, metrics, maxQueueBytes, tickMs, closeTimeoutMs, backoff, now } = {
    ...defaults,
    ...options,
  }
  const log = logger.child({ sink: sink.name, topic: reader.topic, group: reader.group })
  const deadLetters = createDeadLetterOffice({
    writer: options.deadLetters,
    sink: sink.name,
    group: reader.group,
    topic: reader.topic,
    logger: log,
    backoff,
  })
  const lanes = new Map<number, PartitionLane>()
  const ending = new Map<number, Promise<void>>()
  const checkQueue = createQueueLimit(() => lanes.values(), maxQueueBytes)
  const idle = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let closing: Promise<void> | undefined
  let resolveDone: () => void = () => {}
  let rejectDone: (error: Error) => void = () => {}
  const done = new Promise<void>((resolve, reject) => {
    resolveDone = resolve
    rejectDone = reject
  })
  // Whoever awaits `done` still sees it; without this a caller that doesn't would be ended by it.
  done.catch(() => {})

  /**
   * Ends lanes now; the next lane of a partition waits until the last one has really ended. All are gone before anything else
   * happens: the reader refuses calls for partitions that aren't ours.
   */
  function giveUp(partitions: readonly number[]): void {
    for (const partition of partitions) {
      const lane = lanes.get(partition)
      if (!lane) continue
      lanes.delete(partition)
      lane.abort()
      ending.set(partition, lane.ended)
    }
    checkQueue()
  }

  async function assigned(partitions: readonly number[]): Promise<void> {
    giveUp([...lanes.keys()])
    if (closing) return
    log.info({ partitions }, 'partitions assigned')
    metrics.assigned()
    for (const partition of partitions) {
      const after = ending.get(partition) ?? Promise.resolve()
      const lane = createPartitionLane({
        partition,
        reader,
        sink,
        deadLetters,
        logger: log,
        metrics,
        now,
        backoff,
        after,
        maxIntakeBytes: () => Math.min(maxIntakeBytes, (maxQueueBytes * intakeShare) / lanes.size),
        onWeight: checkQueue,
      })
      lanes.set(partition, lane)
    }
    await Promise.all([...lanes.values()].map(lane => lane.started))
  }

  function revoked(partitions: readonly number[]): void {
    giveUp(partitions)
    log.info({ partitions }, 'partitions revoked')
  }

  async function drain(): Promise<void> {
    const all = [...lanes.values()]
    const late = new AbortController()
    for (const lane of all) lane.drain()
    const drained = Promise.all(all.map(lane => lane.ended)).finally(() => late.abort())
    await wait(closeTimeoutMs, late.signal)
    if (late.signal.aborted) return
    log.warn({ closeTimeoutMs }, 'not everything could be flushed in time: the next consumer reads it again')
    giveUp([...lanes.keys()])
    await Promise.race([drained, wait(abortGraceMs, late.signal)])
  }

  function stopTimers(): void {
    clearInterval(timer)
    idle.abort()
  }

  async function shutDown(): Promise<void> {
    try {
      await drain()
    } finally {
      stopTimers()
      try {
        await reader.close()
      } finally {
        await sink.close()
      }
    }
  }

  function failed(error: Error): void {
    log.error({ err: error }, 'the reader died')
    giveUp([...lanes.keys()])
    stopTimers()
    rejectDone(error)
  }

  const status = () => [...lanes.values()].map(lane => lane.status())
  metrics.watch({ sink, status })
  return {
    async start() {
      timer = setInterval(() => {
        for (const lane of lanes.values()) lane.wake()
      }, tickMs)
      watchEnds(reader, () => lanes.values(), { everyMs: askEndsMs, signal: idle.signal })
      await reader.start({
        assigned,
        revoked,
        records: (partition, records) => lanes.get(partition)?.push(records),
        failed,
      })
    },
    close() {
      closing ??= shutDown().finally(resolveDone)
      return closing
    },
    done,
    status,
    get halted() {
      return status().filter(one => one.state === 'halted')
    },
  }
}
