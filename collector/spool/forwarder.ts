import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import { partitionOf } from '../../topic/partition-of.ts'
import { TopicError, type TopicWriter } from '../../topic/topic.ts'
import type { Breakers } from '../sending/breakers.ts'
import { createPace } from './pace.ts'
import type { Spooled, SpoolLog } from './spool-log.ts'
import { tabOf } from './tab-of.ts'

export interface ForwarderOptions {
  log: SpoolLog
  writer: TopicWriter
  breakers: Breakers
  /** Of all partitions together. */
  bytesPerSecond: number
  logger: Logger
}

export interface Forwarder {
  /** Drains the partition, unless that is under way. */
  wake(partition: number): void
  /** Records that the topic has acknowledged. */
  drainedRecords(): number
  /** Begins no further send; resolves when those under way have their outcome, or after `withinMs`. */
  close(withinMs: number): Promise<void>
}

/** One send of the drain. */
const sendLimits = { maxRecords: 500, maxBytes: 256 * 1_024 }
/** A send without an outcome for so long counts as failed, milliseconds. */
const sendTimeoutMs = 60_000
/** How often one looks whether the topic is known, or tries again what the disk refused, milliseconds. */
const topicPollMs = 100
const diskRetryMs = 1_000

/** Takes records from the spool to the topic: one send at a time from each partition, oldest first. */
export function createForwarder({ log, writer, breakers, bytesPerSecond, logger }: ForwarderOptions): Forwarder {
  const closing = new AbortController()
  const { signal } = closing
  const pace = createPace(bytesPerSecond)
  const draining = new Map<number, Promise<void>>()
  /** Where the drain goes on: ahead of the log where the disk has not removed what the topic has. */
  const cursors = new Map<number, number>()
  let drainedRecords = 0

  async function drain(partition: number): Promise<void> {
    while (log.holds(partition) && !signal.aborted) {
      try {
        await drainWindow(partition)
      } catch (error) {
        if (signal.aborted) return
        logger.error({ err: error, partition }, 'draining the spool failed')
        await wait(diskRetryMs, undefined, { signal })
      }
    }
  }

  async function drainWindow(partition: number): Promise<void> {
    while (writer.partitions() === 0) await wait(topicPollMs, undefined, { signal })
    const from = Math.max(log.low(partition), cursors.get(partition) ?? 0)
    const window = log.window(partition, from, sendLimits)
    const aside = [...window.damaged]
    for (const [target, records] of byTarget(partition, window.records)) aside.push(...(await deliver(target, records)))
    cursors.set(partition, window.next)
    await log.remove(partition, window.next, aside)
  }

  function byTarget(partition: number, records: readonly Spooled[]): Map<number, Spooled[]> {
    const known = writer.partitions()
    if (partition < known) return new Map([[partition, [...records]]])
    const targets = new Map<number, Spooled[]>()
    for (const record of records) {
      const target = partitionOf(tabOf(record.value) ?? '', known)
      targets.set(target, [...(targets.get(target) ?? []), record])
    }
    return targets
  }

  /** Sends until the topic has them all; the offsets of those that it never takes. */
  async function deliver(target: number, records: readonly Spooled[]): Promise<number[]> {
    const tooLarge: number[] = []
    let rest = records
    const bytes = rest.reduce((sum, { value }) => sum + value.byteLength, 0)
    await wait(pace.spend(bytes, performance.now()), undefined, { signal })
    while (rest.length > 0) {
      signal.throwIfAborted()
      while (!breakers.mayTry(target)) await wait(breakers.waitMs(target), undefined, { signal })
      try {
        await withinTime(writer.append(target, rest))
        breakers.succeeded(target)
        drainedRecords += rest.length
        return tooLarge
      } catch (error) {
        const culprit = error instanceof TopicError && error.code === 'record_too_large' && rest[error.index ?? -1]
        if (culprit) {
          breakers.succeeded(target)
          tooLarge.push(culprit.offset)
          rest = rest.filter(record => record !== culprit)
        } else {
          breakers.failed(target, error)
        }
      }
    }
    return tooLarge
  }

  async function withinTime(sent: Promise<void>): Promise<void> {
    const sentOrLate = new AbortController()
    const late = wait(sendTimeoutMs, 'late' as const, { signal: sentOrLate.signal }).catch(() => undefined)
    try {
      if ((await Promise.race([sent, late])) === 'late')
        throw new TopicError('unavailable', `${writer.topic} did not answer within ${sendTimeoutMs} ms`)
    } finally {
      sentOrLate.abort()
    }
  }

  function wake(partition: number): void {
    if (draining.has(partition) || signal.aborted) return
    const drained = drain(partition)
      .catch(error => {
        if (!signal.aborted) logger.error({ err: error, partition }, 'draining the spool ended')
      })
      .finally(() => {
        draining.delete(partition)
        if (log.holds(partition)) wake(partition)
      })
    draining.set(partition, drained)
  }

  return {
    wake,
    drainedRecords: () => drainedRecords,
    async close(withinMs) {
      closing.abort()
      await Promise.race([Promise.all(draining.values()), wait(withinMs, undefined, { ref: false })])
    },
  }
}
