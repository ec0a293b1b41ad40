import type { TopicRecord, TopicWriter } from '../../topic/topic.ts'

export interface FakeTopicWriterOptions {
  /** @default 'fake' */
  topic?: string
  /** 0: the topic is not known, and `ready` waits. @default 3 */
  partitions?: number
  /** @default 1_000_000 */
  maxRecordBytes?: number
  /** What an append does before its records are kept: wait, hang, or reject. `call` counts from 0. */
  onAppend?: (partition: number, records: readonly TopicRecord[], call: number) => Promise<void>
}

/** What one append was called with. */
export interface Append {
  partition: number
  records: readonly TopicRecord[]
}

export interface FakeTopicWriter extends TopicWriter {
  /** Every append, in the order of the calls, those that failed too. */
  readonly appends: readonly Append[]
  /** Values of the acknowledged records, in the order of the acknowledgements. */
  readonly values: readonly Uint8Array[]
  /** Most appends in flight at once on one partition. */
  readonly mostInFlight: number
  /** Makes the topic known, or raises its partitions. */
  setPartitions(partitions: number): void
}

/** A topic in memory with scripted faults. */
export function createFakeTopicWriter(options: FakeTopicWriterOptions = {}): FakeTopicWriter {
  const { topic = 'fake', maxRecordBytes = 1_000_000, onAppend } = options
  let partitions = options.partitions ?? 3
  let mostInFlight = 0
  const inFlight = new Map<number, number>()
  const appends: Append[] = []
  const values: Uint8Array[] = []
  let wake = () => {}
  const known = new Promise<void>(resolve => {
    wake = resolve
  })
  if (partitions > 0) wake()

  function count(partition: number, change: number): void {
    const now = (inFlight.get(partition) ?? 0) + change
    inFlight.set(partition, now)
    mostInFlight = Math.max(mostInFlight, now)
  }

  return {
    topic,
    appends,
    values,
    get mostInFlight() {
      return mostInFlight
    },
    setPartitions(count) {
      partitions = count
      wake()
    },
    ready: () => known,
    partitions: () => partitions,
    maxRecordBytes: () => maxRecordBytes,
    async append(partition, records) {
      const call = appends.push({ partition, records }) - 1
      count(partition, 1)
      try {
        await onAppend?.(partition, records, call)
        values.push(...records.map(({ value }) => value))
      } finally {
        count(partition, -1)
      }
    },
    close: () => Promise.resolve(),
  }
}
