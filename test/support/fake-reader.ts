import { type Committed, type LogRecord, type ReaderHooks, TopicError, type TopicReader } from '../../topic/topic.ts'

export interface FakeReader extends TopicReader {
  /** Appends to the log and delivers soon. */
  append(partition: number, records: readonly LogRecord[]): void
  /** Cuts the log below `low`. */
  trim(partition: number, low: number): void
  assign(partitions: readonly number[]): Promise<void>
  revoke(partitions: readonly number[]): void
  /** What the group committed before this reader came. */
  recommit(partition: number, committed: Committed): void
  fail(error: Error): void
  readonly paused: ReadonlySet<number>
  /** Successful commits, in order. */
  readonly commits: (Committed & { partition: number })[]
  /** Offsets sought, in order. */
  readonly seeks: { partition: number; offset: number }[]
  /** Offset of the next record to deliver. */
  position(partition: number): number | undefined
  /** While set, commits reject with it. */
  commitError: Error | undefined
  /** While set, `bounds` rejects with it. */
  boundsError: Error | undefined
  readonly closed: boolean
}

export interface FakeReaderOptions {
  topic?: string
  /** Records in one delivery. @default 10 */
  batch?: number
  /** Gets `commit 0:5` lines. */
  journal?: string[]
}

/** A log in memory behind the reader's port: delivers in batches, one a turn of the event loop, minds pauses and seeks, and refuses what isn't assigned. */
export function createFakeReader(options: FakeReaderOptions = {}): FakeReader {
  const { topic = 'clicktrail', batch = 10, journal = [] } = options
  const logs = new Map<number, LogRecord[]>()
  const lows = new Map<number, number>()
  const positions = new Map<number, number>()
  const assigned = new Set<number>()
  const ready = new Set<number>()
  const paused = new Set<number>()
  const committed = new Map<number, Committed>()
  let hooks: ReaderHooks | undefined
  let scheduled = false

  const bounds = (partition: number) => ({
    low: lows.get(partition) ?? 0,
    high: (logs.get(partition)?.at(-1)?.offset ?? -1) + 1,
  })

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      for (const partition of ready) {
        const position = positions.get(partition)
        if (paused.has(partition) || position === undefined) continue
        const { low } = bounds(partition)
        const records = (logs.get(partition) ?? []).filter(one => one.offset >= Math.max(low, position)).slice(0, batch)
        const last = records.at(-1)
        if (!last) continue
        positions.set(partition, last.offset + 1)
        hooks?.records(partition, records)
        schedule()
      }
    })
  }

  function needAssigned(partition: number): void {
    if (!assigned.has(partition)) throw new TopicError('fenced', `partition ${partition} is not assigned`)
  }

  function revoke(partitions: readonly number[]): void {
    for (const partition of partitions) {
      assigned.delete(partition)
      ready.delete(partition)
      positions.delete(partition)
      paused.delete(partition)
    }
    hooks?.revoked(partitions)
  }

  const reader: FakeReader = {
    topic,
    group: `${topic}-test`,
    commits: [],
    seeks: [],
    paused,
    commitError: undefined,
    boundsError: undefined,
    closed: false,
    append(partition, records) {
      logs.set(partition, [...(logs.get(partition) ?? []), ...records])
      schedule()
    },
    trim: (partition, low) => lows.set(partition, low),
    async assign(partitions) {
      ready.clear()
      assigned.clear()
      for (const partition of partitions) assigned.add(partition)
      await hooks?.assigned(partitions)
      for (const partition of partitions) ready.add(partition)
      schedule()
    },
    revoke,
    recommit: (partition, value) => committed.set(partition, value),
    fail: error => hooks?.failed(error),
    position: partition => positions.get(partition),
    async start(given) {
      hooks = given
    },
    seek(partition, offset) {
      needAssigned(partition)
      reader.seeks.push({ partition, offset })
      positions.set(partition, offset)
      schedule()
    },
    pause(partition) {
      needAssigned(partition)
      paused.add(partition)
    },
    resume(partition) {
      needAssigned(partition)
      paused.delete(partition)
      schedule()
    },
    committed: async partition => committed.get(partition),
    async commit(partition, next, metadata) {
      if (reader.commitError) throw reader.commitError
      needAssigned(partition)
      committed.set(partition, { next, metadata })
      reader.commits.push({ partition, next, metadata })
      journal.push(`commit ${partition}:${next}`)
    },
    async bounds(partition) {
      if (reader.boundsError) throw reader.boundsError
      return bounds(partition)
    },
    async offsetAt(partition, timeMs) {
      const found = logs.get(partition)?.find(one => one.timestampMs >= timeMs)
      return found?.offset ?? bounds(partition).high
    },
    async close() {
      Object.assign(reader, { closed: true })
    },
  }
  return reader
}
