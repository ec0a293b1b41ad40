import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Database, type Key, open } from 'lmdb'
import { type LogRecord, TopicError, type TopicRecord } from '../topic.ts'
import { outliveFailedCommits } from './commit-rejection.ts'
import { decodeFrame, encodeFrame, frameTimestamp } from './frame.ts'
import { assertLmdbFile } from './lmdb-file.ts'
import { takeOwnership } from './owner-lock.ts'

/** What is known of one partition; stored with every append. */
export interface PartitionState {
  low: number
  next: number
  lastMs: number
  bytes: number
}

/** Records of one `append`, all for the same partition. */
export interface Append {
  partition: number
  records: readonly TopicRecord[]
}

export interface RecordsOptions {
  folder: string
  /** Reads like `the embedded topic clicks`: stands in every error. */
  what: string
  now: () => number
}

/**
 * Records by partition and offset in one LMDB environment, each with a checksum. Reads are synchronous; every write is
 * one transaction, resolves when it is on the disk, and rejects with a {@link TopicError} `storage`.
 */
export interface Records {
  /** Those that were made or appended to. */
  partitions(): number[]
  /** Of a partition that nobody has made: all 0. */
  state(partition: number): PartitionState
  makePartition(partition: number): void
  /** All or nothing, and dense: offsets are given in the order of `appends`. */
  append(appends: readonly Append[]): Promise<void>
  /** As stored, whole or not. */
  frame(partition: number, offset: number): Buffer | undefined
  /** Undefined when it is missing or not what was written. */
  read(partition: number, offset: number): LogRecord | undefined
  timestampAt(partition: number, offset: number): number
  /** Removes the records before `low`; `also` is done in the same transaction. */
  removeBefore(partition: number, low: number, also?: () => void): Promise<void>
  /** Does `change`, to tables of the owner's own, in one transaction. */
  write(operation: string, change: () => void): Promise<void>
  /** A table of the owner's own beside the records. */
  table<Value, TableKey extends Key>(name: string, encoding: 'json' | 'binary'): Database<Value, TableKey>
  close(): Promise<void>
}

const initial: PartitionState = { low: 0, next: 0, lastMs: 0, bytes: 0 }

/** Opens (or makes) the folder and takes it for this process alone. Throws a {@link TopicError} `storage` that names the holder. */
export function openRecords({ folder, what, now }: RecordsOptions): Records {
  outliveFailedCommits()
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'log.mdb')
  assertLmdbFile(path)
  const capital = `${what.charAt(0).toUpperCase()}${what.slice(1)}`
  const release = takeOwnership(join(folder, 'owner.lock'), `${capital} in ${folder}`)
  const env = open({ path, noSubdir: true, maxDbs: 4, overlappingSync: false })
  const records = env.openDB<Buffer, [number, number]>({ name: 'records', encoding: 'binary' })
  const states = env.openDB<PartitionState, number>({ name: 'partitions', encoding: 'json' })
  const known = new Map<number, PartitionState>()
  for (const { key, value } of states.getRange()) known.set(key, value)

  /** Memory follows what was stored, whatever happened. */
  const write = async (operation: string, change: () => void) => {
    try {
      await env.transaction(change)
      await env.flushed
    } catch (error) {
      throw new TopicError('storage', `${operation} ${what} failed`, { cause: error })
    } finally {
      env.resetReadTxn()
      for (const { key, value } of states.getRange()) known.set(key, value)
    }
  }
  const state = (partition: number) => known.get(partition) ?? initial
  const frame = (partition: number, offset: number) => records.get([partition, offset])

  return {
    partitions: () => [...known.keys()],
    state,
    makePartition(partition) {
      if (known.has(partition)) return
      states.putSync(partition, initial)
      known.set(partition, initial)
    },
    append: appends =>
      write('append to', () => {
        for (const { partition, records: added } of appends) {
          const before = states.get(partition) ?? initial
          const lastMs = Math.max(before.lastMs, now())
          let { next, bytes } = before
          for (const record of added) {
            const stored = encodeFrame(record, { partition, offset: next }, lastMs)
            records.putSync([partition, next], stored)
            bytes += stored.byteLength
            next += 1
          }
          states.putSync(partition, { ...before, next, lastMs, bytes })
        }
      }),
    frame,
    read(partition, offset) {
      const stored = frame(partition, offset)
      return stored && decodeFrame(stored, { partition, offset })
    },
    timestampAt(partition, offset) {
      const stored = frame(partition, offset)
      return (stored && frameTimestamp(stored)) ?? state(partition).lastMs
    },
    removeBefore: (partition, low, also) =>
      write('remove from', () => {
        const before = states.get(partition) ?? initial
        let { bytes } = before
        for (let offset = before.low; offset < low; offset++) {
          bytes -= records.get([partition, offset])?.byteLength ?? 0
          records.removeSync([partition, offset])
        }
        const empty = low >= before.next
        states.putSync(partition, { ...before, low: Math.max(before.low, low), bytes: empty ? 0 : Math.max(0, bytes) })
        also?.()
      }),
    write,
    table: <Value, TableKey extends Key>(name: string, encoding: 'json' | 'binary') =>
      env.openDB<Value, TableKey>({ name, encoding }),
    async close() {
      try {
        await env.close()
      } finally {
        release()
      }
    },
  }
}
