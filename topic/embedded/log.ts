import type { Logger } from 'pino'
import { TopicError, type TopicReader, type TopicRecord, type TopicWriter } from '../topic.ts'
import { frameBytes } from './frame.ts'
import { createGroupCommit } from './group-commit.ts'
import { createEmbeddedReader } from './reader.ts'
import type { Append } from './records.ts'
import { openStore } from './store.ts'

export interface EmbeddedLogOptions {
  /** Folder of all embedded topics; each gets a folder of its own name in it. */
  dir: string
  topic: string
  /** Raised when it was lower before, never lowered. @default 2 */
  partitions?: number
  /** Age from which a record may go. @default 7 days */
  retentionMs?: number
  /** Bytes of a partition above which its oldest records may go. @default none */
  retentionBytes?: number
  /** How often retention looks. @default 10 s */
  retentionCheckMs?: number
  /** Largest value that is taken. @default 1,000,000 */
  maxRecordBytes?: number
  /** The clock of LogAppendTime and of retention. @default Date.now */
  now?: () => number
  logger?: Logger
}

/** A partitioned, durable log in a folder, owned by one process. */
export interface EmbeddedLog {
  readonly topic: string
  writer(): TopicWriter
  /** One reader a group at a time. The group is registered at `start`: from then on retention waits for its commits. */
  reader(group: string): TopicReader
  /** A reader that only looks, from where the group is: it registers no group, and can't commit. Any number of them at a time. */
  onlooker(group: string): TopicReader
  /** Every group that has ever had a reader. */
  groups(): readonly string[]
  /** Bytes of all records on the log, keys and pages aside. */
  bytes(): number
  /** Gives up what retention allows, now; returns how many records went. */
  retain(): Promise<number>
  /** Refuses new appends, waits for those in flight, leaves all groups and lets go of the folder. */
  close(): Promise<void>
}

const defaults = {
  partitions: 2,
  retentionMs: 7 * 86_400_000,
  retentionBytes: Number.POSITIVE_INFINITY,
  retentionCheckMs: 10_000,
  maxRecordBytes: 1_000_000,
  now: Date.now,
} satisfies Partial<EmbeddedLogOptions>

/** Records that retention gives up in one transaction. */
const retentionRecords = 5_000

/**
 * Opens the topic's log in `dir`, or makes it. An append resolves when LMDB has flushed it to the disk, so it outlives a kill −9
 * at any moment. Throws a {@link TopicError} `storage` when another process has it open.
 */
export function openEmbeddedLog(options: EmbeddedLogOptions): EmbeddedLog {
  const { dir, topic, logger } = options
  const { partitions, retentionMs, retentionBytes, retentionCheckMs, maxRecordBytes, now } = { ...defaults, ...options }
  const store = openStore({ dir, topic, partitions, now, logger })
  const listeners = new Set<() => void>()
  const readers = new Map<string, TopicReader>()
  const onlookers = new Set<TopicReader>()
  let retaining: Promise<number> | undefined
  let closed: Promise<void> | undefined

  const commits = createGroupCommit<Append>({
    async commit(appends) {
      try {
        await store.append(appends)
      } catch (error) {
        logger?.error({ topic, err: error }, 'appending to the embedded topic failed')
        throw error
      }
      for (const listener of listeners) listener()
    },
    weigh: ({ records }) => ({
      records: records.length,
      bytes: records.reduce((sum, record) => sum + frameBytes(record), 0),
    }),
  })

  const append = (partition: number, records: readonly TopicRecord[]): Promise<void> => {
    if (closed) throw new TopicError('closed', `${topic} is closed`)
    store.state(partition)
    const index = records.findIndex(record => record.value.byteLength > maxRecordBytes)
    if (index >= 0) {
      const size = records[index]?.value.byteLength
      throw new TopicError('record_too_large', `${topic} takes ${maxRecordBytes} bytes, not ${size}`, { index })
    }
    if (records.length === 0) return Promise.resolve()
    return commits.add({ partition, records })
  }

  const retainAll = async () => {
    let removed = 0
    for (let partition = 0; partition < store.partitions(); partition++) {
      const limits = { retentionMs, retentionBytes, maxRecords: retentionRecords }
      let went: number
      do {
        went = await store.retain(partition, limits)
        removed += went
      } while (went === retentionRecords && !closed)
    }
    return removed
  }

  const retain = () => {
    retaining ??= retainAll().finally(() => {
      retaining = undefined
    })
    return retaining
  }

  const timer = setInterval(() => {
    retain().catch(error => logger?.error({ topic, err: error }, 'retention of the embedded topic failed'))
  }, retentionCheckMs)
  timer.unref()

  const shutDown = async () => {
    clearInterval(timer)
    await Promise.all([...readers.values(), ...onlookers].map(reader => reader.close()))
    await commits.idle()
    await retaining?.catch(() => {})
    await store.close()
  }

  const openReader = (group: string, looks: boolean, onClose: () => void) => {
    if (closed) throw new TopicError('closed', `${topic} is closed`)
    const onAppend = (callback: () => void) => {
      listeners.add(callback)
      return () => listeners.delete(callback)
    }
    return createEmbeddedReader({ topic, group, looks, store, logger, onAppend, onClose })
  }

  return {
    topic,
    writer() {
      const inFlight = new Set<Promise<void>>()
      let open = true
      return {
        topic,
        ready: async () => {},
        partitions: () => store.partitions(),
        maxRecordBytes: () => maxRecordBytes,
        async append(partition, records) {
          if (!open) throw new TopicError('closed', `this writer of ${topic} is closed`)
          const appended = append(partition, records)
          inFlight.add(appended)
          try {
            await appended
          } finally {
            inFlight.delete(appended)
          }
        },
        async close() {
          open = false
          await Promise.allSettled(inFlight)
        },
      }
    },
    reader(group) {
      if (readers.has(group)) throw new TopicError('closed', `group ${group} of ${topic} already has its reader`)
      const reader = openReader(group, false, () => readers.delete(group))
      readers.set(group, reader)
      return reader
    },
    onlooker(group) {
      const reader = openReader(group, true, () => onlookers.delete(reader))
      onlookers.add(reader)
      return reader
    },
    groups: () => store.groups(),
    bytes: () =>
      Array.from({ length: store.partitions() }, (_, index) => store.state(index).bytes).reduce((a, b) => a + b, 0),
    retain,
    close() {
      closed ??= shutDown()
      return closed
    },
  }
}
