import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { open } from 'lmdb'
import type { Logger } from 'pino'
import { type Committed, type LogRecord, TopicError, type TopicRecord } from '../topic.ts'
import { decodeFrame, encodeFrame, frameTimestamp } from './frame.ts'
import { takeOwnership } from './owner-lock.ts'
import { type RetentionLimits, retainFrom } from './retention.ts'

/** What the log knows of one partition; stored with every append. */
export interface PartitionState {
  low: number
  next: number
  lastMs: number
  bytes: number
}

export interface StoreOptions {
  dir: string
  topic: string
  partitions: number
  now: () => number
  logger: Logger | undefined
}

/** Records of one `append`, all for the same partition. */
export interface Append {
  partition: number
  records: readonly TopicRecord[]
}

/** One topic in one LMDB environment. Reads are synchronous; every write resolves when it is on the disk. */
export interface Store {
  partitions(): number
  state(partition: number): PartitionState
  /** All or nothing, and dense: offsets are given in the order of `appends`. */
  append(appends: readonly Append[]): Promise<void>
  /** A record that is not what was written comes with the value `null`, after an error in the log. */
  read(partition: number, offset: number): LogRecord
  timestampAt(partition: number, offset: number): number
  committed(group: string, partition: number): Committed | undefined
  commit(group: string, partition: number, committed: Committed): Promise<void>
  groups(): readonly string[]
  addGroup(group: string): Promise<void>
  /** Gives up records of one partition within the limits; returns how many. */
  retain(partition: number, limits: RetentionLimits): Promise<number>
  close(): Promise<void>
}

const initial: PartitionState = { low: 0, next: 0, lastMs: 0, bytes: 0 }

/** Opens (or makes) the topic's folder and takes it for this process alone. Throws a {@link TopicError} `storage`. */
export function openStore({ dir, topic, partitions, now, logger }: StoreOptions): Store {
  const folder = join(dir, topic)
  mkdirSync(folder, { recursive: true })
  const release = takeOwnership(join(folder, 'owner.lock'), `The embedded topic ${topic} in ${dir}`)
  const env = open({ path: join(folder, 'log.mdb'), noSubdir: true, maxDbs: 4, overlappingSync: false })
  const records = env.openDB<Buffer, [number, number]>({ name: 'records', encoding: 'binary' })
  const states = env.openDB<PartitionState, number>({ name: 'partitions', encoding: 'json' })
  const commits = env.openDB<Committed, [string, number]>({ name: 'commits', encoding: 'json' })
  const groups = env.openDB<true, string>({ name: 'groups', encoding: 'json' })

  const known: PartitionState[] = []
  for (let partition = 0; partition < partitions || states.doesExist(partition); partition++) {
    known.push(states.get(partition) ?? initial)
    if (!states.doesExist(partition)) states.putSync(partition, initial)
  }

  const stateOf = (partition: number) => {
    const state = known[partition]
    if (!state) throw new TopicError('closed', `${topic} has no partition ${partition}`)
    return state
  }

  /** Runs `change` in one transaction and waits for the disk; memory follows what was stored, whatever happened. */
  const write = async (operation: string, change: () => void) => {
    try {
      await env.transaction(change)
      await env.flushed
    } catch (error) {
      throw new TopicError('storage', `${operation} ${topic} failed`, { cause: error })
    } finally {
      env.resetReadTxn()
      for (const partition of known.keys()) known[partition] = states.get(partition) ?? initial
    }
  }

  const timestampAt = (partition: number, offset: number): number => {
    const frame = records.get([partition, offset])
    return (frame && frameTimestamp(frame)) ?? stateOf(partition).lastMs
  }

  return {
    partitions: () => known.length,
    state: stateOf,
    append: appends =>
      write('append to', () => {
        for (const { partition, records: added } of appends) {
          const state = states.get(partition) ?? initial
          const lastMs = Math.max(state.lastMs, now())
          let { next, bytes } = state
          for (const record of added) {
            const frame = encodeFrame(record, { partition, offset: next }, lastMs)
            records.putSync([partition, next], frame)
            bytes += frame.byteLength
            next += 1
          }
          states.putSync(partition, { ...state, next, lastMs, bytes })
        }
      }),
    read(partition, offset) {
      const frame = records.get([partition, offset])
      const record = frame && decodeFrame(frame, { partition, offset })
      if (record) return record
      logger?.error({ topic, partition, offset, missing: !frame }, 'a record of the embedded topic is damaged')
      return { value: null, offset, timestampMs: timestampAt(partition, Math.max(stateOf(partition).low, offset - 1)) }
    },
    timestampAt,
    committed: (group, partition) => commits.get([group, partition]),
    commit: (group, partition, committed) =>
      write('commit to', () => {
        commits.putSync([group, partition], committed)
      }),
    groups: () => [...groups.getKeys()],
    addGroup: group =>
      write('register a group of', () => {
        groups.putSync(group, true)
      }),
    async retain(partition, limits) {
      const before = stateOf(partition)
      const committed = Math.min(...[...groups.getKeys()].map(group => commits.get([group, partition])?.next ?? 0))
      const after = retainFrom({ ...before, committed }, limits, now(), offset => ({
        timestampMs: timestampAt(partition, offset),
        bytes: records.get([partition, offset])?.byteLength ?? 0,
      }))
      if (after.low === before.low) return 0
      await write('retention of', () => {
        const state = states.get(partition) ?? initial
        for (let offset = before.low; offset < after.low; offset++) records.removeSync([partition, offset])
        states.putSync(partition, { ...state, low: after.low, bytes: state.bytes - (before.bytes - after.bytes) })
      })
      return after.low - before.low
    },
    async close() {
      try {
        await env.close()
      } finally {
        release()
      }
    },
  }
}
