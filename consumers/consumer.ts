import type { Logger } from 'pino'
import type { TopicReader, TopicWriter } from '../topic/topic.ts'
import type { BackoffOptions } from './backoff.ts'
import { createDeadLetterOffice } from './dead-letter-office.ts'
import { createLanes } from './lanes.ts'
import { type ConsumerMetrics, noMetrics } from './metrics.ts'
import type { PartitionStatus } from './partition-status.ts'
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

/** How often it is asked where the log ends: nothing but the lag of a partition that reads nothing waits for it. */
const askEndsMs = 15_000

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
  const lanes = createLanes({ reader, sink, deadLetters, logger: log, metrics, now, backoff, maxQueueBytes })
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

  async function assigned(partitions: readonly number[]): Promise<void> {
    lanes.giveUpAll()
    if (closing) return
    log.info({ partitions }, 'partitions assigned')
    metrics.assigned()
    await lanes.take(partitions)
  }

  function revoked(partitions: readonly number[]): void {
    lanes.giveUp(partitions)
    log.info({ partitions }, 'partitions revoked')
  }

  async function drain(): Promise<void> {
    if (await lanes.drain(closeTimeoutMs)) return
    log.warn({ closeTimeoutMs }, 'not everything could be flushed in time: the next consumer reads it again')
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
    lanes.giveUpAll()
    stopTimers()
    rejectDone(error)
  }

  const status = () => [...lanes.all()].map(lane => lane.status())
  metrics.watch({ sink, status })
  return {
    async start() {
      timer = setInterval(() => {
        for (const lane of lanes.all()) lane.wake()
      }, tickMs)
      watchEnds(reader, () => lanes.all(), { everyMs: askEndsMs, signal: idle.signal })
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
