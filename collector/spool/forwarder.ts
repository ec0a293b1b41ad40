import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import { TopicError, type TopicWriter } from '../../topic/topic.ts'
import type { Breakers } from '../sending/breakers.ts'
import { createPace } from './pace.ts'
import { route, waitMs } from './route.ts'
import type { Aside, Spooled, SpoolLog } from './spool-log.ts'

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
/** How often one looks whether the topic is known and takes records, or tries again what the disk refused, milliseconds. */
const pollMs = 100
const diskRetryMs = 1_000

/** Takes records from the spool to the topic: one window at a time from each partition, oldest first. */
export function createForwarder({ log, writer, breakers, bytesPerSecond, logger }: ForwarderOptions): Forwarder {
  const closing = new AbortController()
  const { signal } = closing
  const pace = createPace(bytesPerSecond)
  const draining = new Map<number, Promise<void>>()
  /** Where the drain goes on: ahead of the log where the disk has not removed what the topic has. */
  const cursors = new Map<number, number>()
  /** What is set aside before the cursor, as long as the disk has not removed it. */
  const asides = new Map<number, Aside[]>()
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
    while (writer.partitions() === 0) await wait(pollMs, undefined, { signal })
    const from = Math.max(log.low(partition), cursors.get(partition) ?? 0)
    const window = log.window(partition, from, sendLimits)
    const damaged = window.damaged.map(offset => ({ offset, reason: 'corrupt' as const }))
    const aside = [...(asides.get(partition) ?? []), ...damaged, ...(await deliver(partition, window.records))]
    asides.set(partition, aside)
    cursors.set(partition, window.next)
    await log.remove(partition, window.next, aside)
    asides.delete(partition)
  }

  /** Sends until the topic has them all; those that it never takes. */
  async function deliver(partition: number, records: readonly Spooled[]): Promise<Aside[]> {
    const aside: Aside[] = []
    let rest = records
    const bytes = rest.reduce((sum, { value }) => sum + value.byteLength, 0)
    await wait(pace.spend(bytes, performance.now()), undefined, { signal })
    while (rest.length > 0) {
      signal.throwIfAborted()
      const ways = { known: writer.partitions(), breakers }
      const sends = route(partition, rest, ways)
      if (sends.size === 0) {
        await wait(Math.min(pollMs, waitMs(partition, ways)), undefined, { signal })
        continue
      }
      const done = new Set<Spooled>()
      await Promise.all([...sends].map(([target, some]) => send(target, some, { done, aside })))
      rest = rest.filter(record => !done.has(record))
    }
    return aside
  }

  /** One send; `done` and `aside` learn what need not be sent again. Never rejects. */
  async function send(
    target: number,
    records: readonly Spooled[],
    { done, aside }: { done: Set<Spooled>; aside: Aside[] },
  ): Promise<void> {
    try {
      await withinTime(writer.append(target, records))
      breakers.succeeded(target)
      taken(records)
    } catch (error) {
      const large = error instanceof TopicError && error.code === 'record_too_large' ? error : undefined
      const culprit = large && records[large.index ?? -1]
      if (!culprit) {
        breakers.failed(target, error)
        return
      }
      breakers.succeeded(target)
      taken(records.slice(0, large.acknowledged))
      aside.push({ offset: culprit.offset, reason: 'too_large' })
      done.add(culprit)
    }

    function taken(some: readonly Spooled[]): void {
      drainedRecords += some.length
      for (const record of some) done.add(record)
    }
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
