import type { Bounds, LogRecord } from '../../../topic/topic.ts'

/** A topic in memory, which any number of readers share, and to which anything may happen. */
export interface MemoryLog {
  readonly topic: string
  partitions(): number
  /** Appends what a broker would stamp with that time. */
  append(partition: number, value: Uint8Array | null, timestampMs: number): void
  /** The records by offset, those too that are no longer there. */
  records(partition: number): readonly LogRecord[]
  bounds(partition: number): Bounds
  /** Retention: what lies below `low` is gone. */
  trim(partition: number, low: number): void
  /** Another log under the same name: a topic that was made again, or a leader that did not have the rest. */
  replace(partition: number, records: readonly LogRecord[]): void
  addPartition(): void
  /** Called after each change. */
  onChange: () => void
}

export function createMemoryLog(topic: string, partitions: number): MemoryLog {
  const logs: { records: LogRecord[]; low: number }[] = []
  const logOf = (partition: number) => {
    const log = logs[partition]
    if (!log) throw new RangeError(`${topic} has no partition ${partition}`)
    return log
  }
  const log: MemoryLog = {
    topic,
    partitions: () => logs.length,
    append(partition, value, timestampMs) {
      const { records } = logOf(partition)
      records.push({ value, offset: records.length, timestampMs })
      log.onChange()
    },
    records: partition => logOf(partition).records,
    bounds: partition => ({ low: logOf(partition).low, high: logOf(partition).records.length }),
    trim(partition, low) {
      logOf(partition).low = low
    },
    replace(partition, records) {
      logs[partition] = { records: records.map((record, offset) => ({ ...record, offset })), low: 0 }
    },
    addPartition() {
      logs.push({ records: [], low: 0 })
    },
    onChange() {},
  }
  for (let count = 0; count < partitions; count++) log.addPartition()
  return log
}
