import { wait } from './backoff.ts'
import type { LaneOptions, PartitionLane } from './lane.ts'
import { createPartitionLane } from './partition-lane.ts'
import { createQueueLimit } from './queue-limit.ts'

export interface LanesOptions extends Omit<LaneOptions, 'partition' | 'after' | 'maxIntakeBytes' | 'onWeight'> {
  /** Bytes that all lanes may hold together before they are paused. */
  maxQueueBytes: number
}

/** The lanes of the partitions that this process has now. */
export interface Lanes {
  /** Begins a lane for each; resolves when every lane there is was sought, or can't be for now. Never rejects. */
  take(partitions: readonly number[]): Promise<void>
  /**
   * Ends lanes now; the next lane of a partition waits until the last one has really ended. All are gone before anything else
   * happens: the reader refuses calls for partitions that aren't ours.
   */
  giveUp(partitions: readonly number[]): void
  giveUpAll(): void
  get(partition: number): PartitionLane | undefined
  all(): Iterable<PartitionLane>
  /** Flushes and commits what there is and resolves when all have ended, `true`, or after `timeoutMs`, `false`: then they are given up, and had a moment to notice. */
  drain(timeoutMs: number): Promise<boolean>
}

/** Of one partition's delivered bytes that may wait for the sink: more than a fetch brings, so that it is never without work. */
const maxIntakeBytes = 4 * 1024 * 1024
/** … and of all partitions', as a share of the queue. */
const intakeShare = 0.2

/** What an aborted sink may take to notice. */
const abortGraceMs = 1_000

export function createLanes({ maxQueueBytes, ...options }: LanesOptions): Lanes {
  const lanes = new Map<number, PartitionLane>()
  const ending = new Map<number, Promise<void>>()
  const checkQueue = createQueueLimit(() => lanes.values(), maxQueueBytes)

  function giveUp(partitions: readonly number[]): void {
    for (const partition of partitions) {
      const lane = lanes.get(partition)
      if (!lane) continue
      lanes.delete(partition)
      lane.abort()
      ending.set(partition, lane.ended)
    }
    checkQueue()
  }

  const giveUpAll = () => giveUp([...lanes.keys()])

  return {
    async take(partitions) {
      for (const partition of partitions) {
        const after = ending.get(partition) ?? Promise.resolve()
        const lane = createPartitionLane({
          ...options,
          partition,
          after,
          maxIntakeBytes: () => Math.min(maxIntakeBytes, (maxQueueBytes * intakeShare) / lanes.size),
          onWeight: checkQueue,
        })
        lanes.set(partition, lane)
      }
      await Promise.all([...lanes.values()].map(lane => lane.started))
    },
    giveUp,
    giveUpAll,
    get: partition => lanes.get(partition),
    all: () => lanes.values(),
    async drain(timeoutMs) {
      const all = [...lanes.values()]
      const late = new AbortController()
      for (const lane of all) lane.drain()
      const drained = Promise.all(all.map(lane => lane.ended)).finally(() => late.abort())
      await wait(timeoutMs, late.signal)
      if (late.signal.aborted) return true
      giveUpAll()
      await Promise.race([drained, wait(abortGraceMs, late.signal)])
      return false
    },
  }
}
