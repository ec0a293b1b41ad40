import type { Logger } from 'pino'
import type { Records } from '../../topic/embedded/records.ts'
import { TopicError } from '../../topic/topic.ts'

/** A record that waits. */
export interface Spooled {
  offset: number
  value: Uint8Array
}

/** A record that can't be sent: damaged, or larger than the topic takes now. */
export interface Aside {
  offset: number
  reason: 'corrupt' | 'too_large'
}

/** The oldest records of a partition. */
export interface Window {
  records: Spooled[]
  /** Offsets of those that are not what was written. */
  damaged: number[]
  /** Offset behind the last one. */
  next: number
}

/** The spool's records by partition. */
export interface SpoolLog {
  /** Those that hold records. */
  partitions(): number[]
  holds(partition: number): boolean
  /** Bytes of all records. */
  bytes(): number
  /** Offset of the oldest record of the partition. */
  low(partition: number): number
  /** From `from` on, up to the limits, at least one if any is there. */
  window(partition: number, from: number, limits: { maxRecords: number; maxBytes: number }): Window
  /**
   * Removes what lies before `next`; of those in `aside` the bytes are kept in a table that is never sent. All or nothing: what it
   * rejects for is still there, and not counted.
   */
  remove(partition: number, next: number, aside: readonly Aside[]): Promise<void>
  oldestMs(): number | undefined
  /** Records that were set aside, by reason. */
  setAside(): Readonly<Record<Aside['reason'], number>>
  close(): Promise<void>
}

/** So many records are kept aside for a look; further ones are only counted and logged. */
const maxAside = 1_000

export function createSpoolLog({ records, logger }: { records: Records; logger: Logger }): SpoolLog {
  const asides = records.table<Buffer, [number, number]>('aside', 'binary')
  let kept = asides.getCount()
  const counts = { corrupt: 0, too_large: 0 }
  let closed = false

  const holds = (partition: number) => {
    const { low, next } = records.state(partition)
    return low < next
  }

  return {
    partitions: () => records.partitions().filter(holds),
    holds,
    bytes: () => records.partitions().reduce((sum, partition) => sum + records.state(partition).bytes, 0),
    low: partition => records.state(partition).low,
    window(partition, from, { maxRecords, maxBytes }) {
      const window: Window = { records: [], damaged: [], next: from }
      const { next } = records.state(partition)
      let bytes = 0
      for (let offset = from; offset < next && offset - from < maxRecords && bytes < maxBytes; offset++) {
        const record = records.read(partition, offset)
        if (record?.value) {
          window.records.push({ offset, value: record.value })
          bytes += record.value.byteLength
        } else {
          window.damaged.push(offset)
        }
        window.next = offset + 1
      }
      return window
    },
    async remove(partition, next, aside) {
      if (closed) throw new TopicError('closed', 'the spool is closed')
      const moved = aside.slice(0, Math.max(0, maxAside - kept))
      const frames = moved.map(({ offset }) => [offset, records.frame(partition, offset)] as const)
      await records.removeBefore(partition, next, () => {
        for (const [offset, frame] of frames) if (frame) asides.putSync([partition, offset], frame)
      })
      kept += moved.length
      for (const { offset, reason } of aside) {
        counts[reason]++
        logger.error({ partition, offset, reason }, 'a spooled record is set aside: it can not be sent')
      }
    },
    oldestMs() {
      const oldest = records
        .partitions()
        .filter(holds)
        .map(partition => records.timestampAt(partition, records.state(partition).low))
      return oldest.length === 0 ? undefined : Math.min(...oldest)
    },
    setAside: () => counts,
    close() {
      closed = true
      return records.close()
    },
  }
}
