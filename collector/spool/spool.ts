import type { Logger } from 'pino'
import { frameBytes } from '../../topic/embedded/frame.ts'
import { createGroupCommit } from '../../topic/embedded/group-commit.ts'
import { type Append, openRecords } from '../../topic/embedded/records.ts'
import type { TopicWriter } from '../../topic/topic.ts'
import type { SpoolFigures } from '../admin/gauges.ts'
import { type Breakers, createBreakers } from '../sending/breakers.ts'
import { createForwarder } from './forwarder.ts'
import { createSpoolLog } from './spool-log.ts'

export interface SpoolOptions {
  /** Its folder; made where it is missing, and owned by one process at a time. */
  dir: string
  /** 0: it takes nothing, and drains what is in it. Else the bytes of records that it holds at most, their checksums included. LMDB's file is a quarter to a half larger and keeps the size it once had: its pages are used again. */
  maxBytes: number
  /** Where the records go when the topic is back. It stays the caller's, who closes it after the spool. */
  writer: TopicWriter
  logger: Logger
  /** @default 8 MiB */
  drainBytesPerSecond?: number
  /** How long `close` waits for a send of the drain, milliseconds; what it carries is drained again after the next start. @default 1000 */
  closeMs?: number
  /** How long it counts as full after the disk has refused, milliseconds. @default 5000 */
  refusalMs?: number
  /** @default breakers of its own */
  breakers?: Breakers
  /** The clock, milliseconds since the epoch. @default Date.now */
  now?: () => number
}

/** Stands for the partition of records that came before the topic was known: it is decided when they are drained. */
export const unknownPartition = 0xffff_ffff

/**
 * What the topic doesn't take now, on disk. Drained by itself, oldest first in each partition, at a capped rate, as soon as the topic
 * takes it. A record goes only after the topic's acknowledgement, so after a crash some are appended twice: copies, which sinks remove.
 */
export interface Spool {
  /** Of the topic's partitions; shared with who sends past the spool. */
  readonly breakers: Breakers
  /** True once all are on the disk, flushed; false when there is no room for them or the disk refuses. Never rejects. */
  append(partition: number, values: readonly Uint8Array[]): Promise<boolean>
  /** Whether records of this partition wait here. */
  holds(partition: number): boolean
  /** Bytes that it holds. */
  bytes(): number
  /** When the oldest record came, milliseconds since the epoch; undefined when it is empty. */
  oldestMs(): number | undefined
  /** `full`: there is no room for what was refused last, or the disk refused it just now. `off`: it takes nothing, ever. */
  state(): 'taking' | 'full' | 'off'
  figures(): SpoolFigures
  /** Stops draining, waits for appends, and lets go of the folder. What is in it stays for the next start. */
  close(): Promise<void>
}

/** A flush of the disk costs more than the milliseconds that let more requests share it. */
const commitLingerMs = 5

const defaults = {
  drainBytesPerSecond: 8_388_608,
  closeMs: 1_000,
  refusalMs: 5_000,
  now: Date.now,
} satisfies Partial<SpoolOptions>

/** Opens the spool and begins to drain what is in it. Throws a TopicError `storage` when another process has it open. */
export function openSpool(options: SpoolOptions): Spool {
  const { dir, maxBytes, writer, logger, drainBytesPerSecond, closeMs, refusalMs, now } = { ...defaults, ...options }
  const breakers = options.breakers ?? createBreakers({ logger })
  const records = openRecords({ folder: dir, what: 'the spool', now })
  const log = createSpoolLog({ records, logger })
  const forwarder = createForwarder({ log, writer, breakers, bytesPerSecond: drainBytesPerSecond, logger })
  const commits = createGroupCommit<Append>({ commit: records.append, weigh, lingerMs: commitLingerMs })
  let waitingBytes = 0
  let appendedRecords = 0
  /** Appends in the order of their calls: one begun before a refusal says nothing of what it still takes. */
  let begun = 0
  let refusedAt = 0
  /** The last refusal, until something is taken: the bytes that found no room, and until when it is not worth another try. */
  let refusal: { bytes: number; untilMs: number } | undefined
  let closed: Promise<void> | undefined

  function refuse(why: object, message: string, now: { bytes: number; untilMs: number }): false {
    if (!refusal) logger.error({ dir, ...why }, message)
    refusal = now
    refusedAt = begun
    return false
  }

  const hasRoom = (bytes: number) => log.bytes() + waitingBytes + bytes <= maxBytes

  async function shutDown(): Promise<void> {
    await commits.idle()
    await forwarder.close(closeMs)
    await log.close()
  }

  for (const partition of log.partitions()) forwarder.wake(partition)
  if (log.bytes() > 0) logger.info({ dir, bytes: log.bytes() }, 'the spool holds events of an earlier run')

  return {
    breakers,
    async append(partition, values) {
      const append = { partition, records: values.map(value => ({ value })) }
      const { bytes } = weigh(append)
      if (closed || maxBytes === 0) return false
      const order = ++begun
      if (!hasRoom(bytes)) {
        return refuse({ maxBytes }, 'the spool is full', { bytes: Math.min(bytes, maxBytes), untilMs: 0 })
      }
      waitingBytes += bytes
      try {
        await commits.add(append)
      } catch (error) {
        return refuse({ err: error }, 'the spool can not write', { bytes: 0, untilMs: performance.now() + refusalMs })
      } finally {
        waitingBytes -= bytes
      }
      if (order > refusedAt) refusal = undefined
      appendedRecords += values.length
      if (!closed) forwarder.wake(partition)
      return true
    },
    holds: partition => log.holds(partition),
    bytes: () => log.bytes(),
    oldestMs: () => log.oldestMs(),
    state() {
      if (maxBytes === 0) return 'off'
      if (refusal === undefined) return 'taking'
      return hasRoom(refusal.bytes) && performance.now() >= refusal.untilMs ? 'taking' : 'full'
    },
    figures() {
      const oldestMs = log.oldestMs()
      return {
        bytes: log.bytes(),
        maxBytes,
        oldestAgeSeconds: oldestMs === undefined ? 0 : Math.max(0, now() - oldestMs) / 1_000,
        appendedRecords,
        drainedRecords: forwarder.drainedRecords(),
        corruptRecords: log.setAside().corrupt,
        tooLargeRecords: log.setAside().too_large,
      }
    },
    close() {
      closed ??= shutDown()
      return closed
    },
  }
}

function weigh({ records }: Append): { records: number; bytes: number } {
  let bytes = 0
  for (const record of records) bytes += frameBytes(record)
  return { records: records.length, bytes }
}
