import type { Logger } from 'pino'
import type { Committed } from '../../topic/topic.ts'
import { wait } from '../backoff.ts'
import {
  commitMetadata,
  type Flushed,
  PartitionHalted,
  parseCommitMetadata,
  type Sink,
  type SinkCounts,
} from '../sink.ts'
import { splitBuried, withBuried } from './buried.ts'
import { type Compressor, createCompressor } from './compressor.ts'
import { createLanding, type LandingOptions } from './landing.ts'
import { createPartitionBuffer, type Gap, type PartitionBuffer, wayOutOfAnotherLog } from './partition-buffer.ts'
import { type FileFormat, gapPathOf, pathOf } from './path.ts'
import { floorOf, readNewestRow, requireFindable } from './recovery.ts'
import type { LandingStore } from './store.ts'
import { whileAway } from './while-away.ts'
import { loadHash } from './window.ts'

export interface HdfsSinkOptions {
  store: LandingStore
  topic: string
  logger: Logger
  /** Never change it while a writer of the old format may still be alive: the name is the lock. @default 'json.gz' */
  format?: FileFormat
  /** A file is landed when its first record has waited that long. @default 600_000 */
  maxAgeMs?: number
  /** … or at this size, compressed. @default 64 MiB */
  maxBytes?: number
  /** … or with this many records. @default Infinity */
  maxRecords?: number
  /** Which life of the topic: raise it when the topic was made again. Goes into names and rows from 2 on. @default 1 */
  generation?: number
  /** Copies of an event are recognised within so many offsets. @default 50_000 */
  windowOffsets?: number
  /** @default Date.now */
  now?: () => number
  /** For tests: what makes gzip members. */
  compressor?: Compressor
  /** For tests: how to wait. */
  wait?: typeof wait
  /** For tests: called between the steps of a landing. */
  failpoint?: LandingOptions['failpoint']
}

const defaults = {
  format: 'json.gz',
  maxAgeMs: 600_000,
  maxBytes: 64 * 1_048_576,
  maxRecords: Number.POSITIVE_INFINITY,
  generation: 1,
  windowOffsets: 50_000,
  now: Date.now,
  wait,
  failpoint: () => {},
} satisfies Partial<HdfsSinkOptions>

interface Partition {
  buffer: PartitionBuffer
  next: number
  metadata: string
  /** No start finds a file of an hour before. */
  floorMs: number
}

function flushedOf({ next, metadata, buffer }: Partition): Flushed {
  return { next, metadata: withBuried(metadata, next, buffer.buried()), rejected: [] }
}

/**
 * Lands records as files of newline-delimited JSON, so that every offset of the topic lands once whatever crashes and
 * however many writers there are: the file name is the commit (design §7.1). That holds while the log keeps what has not landed: where
 * its head is deleted under a writer that has buffered it, and another one starts meanwhile, their names may differ and both land.
 * A storage that is away is waited for; a right that is missing rejects. When `signal` aborts, `start` and `flush` reject with its reason.
 */
export function createHdfsSink(options: HdfsSinkOptions): Sink {
  const settings = { ...defaults, ...options }
  const { store, topic, logger, generation, now } = settings
  const partitions = new Map<number, Partition>()
  let retries = 0
  const onRetry = () => {
    retries++
  }
  const landing = createLanding({ ...settings, onRetry })
  const { compressor = createCompressor() } = options
  const counts: SinkCounts = { landed: 0, redelivered: 0, copies: 0, gapOffsets: 0 }

  /** Without a file, or with a listing that shows none, the commit counts, but never that of an earlier generation: its offsets are of another log. */
  function fromCommit(committed: Committed | undefined) {
    if (!committed || generation > 1) return undefined
    const record = parseCommitMetadata(splitBuried(committed.metadata).metadata)
    const expected = record && {
      offset: committed.next - 1,
      eventId: record.eventId,
      where: "the group's commit",
      landed: false,
    }
    return { next: committed.next, expected }
  }

  async function note(partition: number, gap: Gap, signal: AbortSignal): Promise<void> {
    const path = gapPathOf({ ...gap, generation, partition })
    const found = { topic, partition, generation, from: gap.from, to: gap.to }
    logger.error({ ...found, path }, 'offsets were gone before they could be read')
    const text = JSON.stringify({ ...found, noticed: new Date(now()).toISOString() })
    await landing.note(path, Buffer.from(`${text}\n`), signal)
    counts.gapOffsets += gap.to - gap.from + 1
  }

  return {
    name: 'hdfs',

    async start(partition, { low, high, committed }, signal) {
      partitions.delete(partition)
      await landing.sweep()
      const hash = await loadHash()
      const row = await whileAway(() => readNewestRow(store, { topic, partition, generation }), {
        signal,
        logger,
        wait: settings.wait,
        onRetry,
        what: 'find the newest file',
      })
      const commit = row ? undefined : fromCommit(committed)
      const next = row ? row.offset + 1 : (commit?.next ?? low)
      if (next > high) {
        throw new PartitionHalted(
          `${topic}/${partition}: ${row?.where ?? "the group's commit"} ends before offset ${next}, but the log ends at ${high}. ` +
            wayOutOfAnotherLog({ partition, generation, offset: high, landed: row !== undefined }),
        )
      }
      const { metadata, buried } = splitBuried(committed?.next === next ? committed.metadata : '')
      const buffer = createPartitionBuffer({
        ...settings,
        partition,
        hash,
        compressor,
        next,
        previous: row?.offset ?? commit?.expected?.offset,
        expected: row ? { ...row, landed: true } : commit?.expected,
        limits: settings,
        buried,
      })
      partitions.set(partition, { buffer, next, metadata, floorMs: row?.floorMs ?? Number.NEGATIVE_INFINITY })
      return Math.max(low, next - Math.max(1, settings.windowOffsets))
    },

    add: (partition, records, nowMs) => partitions.get(partition)?.buffer.add(records, nowMs) ?? [],
    room: () => compressor.room(),
    buffered: partition => partitions.get(partition)?.buffer.buffered() ?? { records: 0, bytes: 0, sinceMs: undefined },
    due: (partition, nowMs) => partitions.get(partition)?.buffer.due(nowMs) ?? false,

    async flush(partition, signal): Promise<Flushed | 'lost'> {
      const state = partitions.get(partition)
      if (!state) return 'lost'
      for (const gap of state.buffer.takeGaps()) await note(partition, gap, signal)
      const file = state.buffer.endFirst()
      if (!file) return flushedOf(state)
      const path = pathOf({ hourMs: file.hourMs, generation, partition, start: file.start, format: settings.format })
      requireFindable(path, file.hourMs, { topic, floorMs: state.floorMs })
      if ((await landing.land(path, await file.content.finish(), signal)) === 'lost') {
        state.buffer.removeFirst()
        if (partitions.get(partition) === state) partitions.delete(partition)
        logger.warn({ topic, partition, path }, 'file not landed: somebody else did, or the answer is not known')
        return 'lost'
      }
      state.buffer.removeFirst()
      state.floorMs = Math.max(state.floorMs, floorOf(file.hourMs))
      state.next = file.last.offset + 1
      state.metadata = commitMetadata(file.last.timestampMs, file.last.eventId)
      const copies = state.buffer.takeCopies()
      counts.landed += file.records
      counts.copies += copies
      logger.info(
        {
          topic,
          partition,
          path,
          records: file.records,
          bytes: file.content.bytes(),
          copies,
          next: state.next,
        },
        'file landed',
      )
      await landing.sweep()
      return flushedOf(state)
    },

    drop(partition) {
      partitions.delete(partition)
    },
    counts: () => ({ ...counts }),
    storage: () => ({ retries }),
    close: () => store.close(),
  }
}
