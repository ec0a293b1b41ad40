import { join } from 'node:path'
import type { Logger } from 'pino'
import { type Committed, type LogRecord, TopicError } from '../topic.ts'
import { type Append, openRecords, type PartitionState } from './records.ts'
import { type RetentionLimits, retainFrom } from './retention.ts'

export interface StoreOptions {
  dir: string
  topic: string
  partitions: number
  now: () => number
  logger: Logger | undefined
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

/** Opens (or makes) the topic's folder and takes it for this process alone. Throws a {@link TopicError} `storage`. */
export function openStore({ dir, topic, partitions, now, logger }: StoreOptions): Store {
  const records = openRecords({ folder: join(dir, topic), what: `the embedded topic ${topic}`, now })
  const commits = records.table<Committed, [string, number]>('commits', 'json')
  const groups = records.table<true, string>('groups', 'json')
  for (let partition = 0; partition < partitions; partition++) records.makePartition(partition)

  const count = records.partitions().length
  const stateOf = (partition: number) => {
    if (!(partition >= 0 && partition < count)) throw new TopicError('closed', `${topic} has no partition ${partition}`)
    return records.state(partition)
  }

  return {
    partitions: () => count,
    state: stateOf,
    append: records.append,
    read(partition, offset) {
      const record = records.read(partition, offset)
      if (record) return record
      const missing = records.frame(partition, offset) === undefined
      logger?.error({ topic, partition, offset, missing }, 'a record of the embedded topic is damaged')
      const before = Math.max(stateOf(partition).low, offset - 1)
      return { value: null, offset, timestampMs: records.timestampAt(partition, before) }
    },
    timestampAt: records.timestampAt,
    committed: (group, partition) => commits.get([group, partition]),
    commit: (group, partition, committed) =>
      records.write('commit to', () => {
        commits.putSync([group, partition], committed)
      }),
    groups: () => [...groups.getKeys()],
    addGroup: group =>
      records.write('register a group of', () => {
        groups.putSync(group, true)
      }),
    async retain(partition, limits) {
      const before = stateOf(partition)
      const committed = Math.min(...[...groups.getKeys()].map(group => commits.get([group, partition])?.next ?? 0))
      const after = retainFrom({ ...before, committed }, limits, now(), offset => ({
        timestampMs: records.timestampAt(partition, offset),
        bytes: records.frame(partition, offset)?.byteLength ?? 0,
      }))
      if (after.low > before.low) await records.removeBefore(partition, after.low)
      return after.low - before.low
    },
    close: records.close,
  }
}
