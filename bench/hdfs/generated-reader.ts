import type { Committed, ReaderHooks, TopicReader } from '../../topic/topic.ts'
import { makeRecords } from './records.ts'

export interface GeneratedLog {
  partitions: number
  /** Offsets of each partition. */
  records: number
}

/** Records of one delivery. */
const delivery = 500

/** A log that is made up while it is read: as fast as it is taken, and without a broker's work in the figures. */
export function createGeneratedReader({ partitions, records }: GeneratedLog): TopicReader & { paused(): number } {
  const timestampMs = Math.floor(Date.now() / 3_600_000) * 3_600_000
  const positions = new Map<number, number>()
  const paused = new Set<number>()
  const committed = new Map<number, Committed>()
  let hooks: ReaderHooks | undefined
  let closed = false

  function deliver(): void {
    if (closed) return
    let busy = false
    for (const [partition, position] of positions) {
      const count = Math.min(delivery, records - position)
      if (paused.has(partition) || count <= 0) continue
      busy = true
      positions.set(partition, position + count)
      hooks?.records(partition, makeRecords(partition, position, count, timestampMs))
    }
    if (busy) setImmediate(deliver)
    else setTimeout(deliver, 2)
  }

  return {
    topic: 'bench',
    group: 'bench-hdfs',
    async start(given) {
      hooks = given
      await hooks.assigned(Array.from({ length: partitions }, (_, partition) => partition))
      deliver()
    },
    seek: (partition, offset) => void positions.set(partition, offset),
    pause: partition => void paused.add(partition),
    resume: partition => void paused.delete(partition),
    committed: async partition => committed.get(partition),
    commit: async (partition, next, metadata) => void committed.set(partition, { next, metadata }),
    bounds: async () => ({ low: 0, high: records }),
    offsetAt: async () => records,
    async close() {
      closed = true
    },
    paused: () => paused.size,
  }
}
