import { setTimeout as sleep } from 'node:timers/promises'
import type { Bounds } from '../topic.ts'
import type { Held } from './assignment.ts'
import { backoffMs } from './backoff.ts'

/** How often a position beyond the end of the log is looked at again. */
const beyondEndMs = 250

/** A partition whose log ends before what was read of it. */
export interface Cut extends Bounds {
  partition: number
  position: number
}

export interface SettleOptions {
  /** Of every partition that the topic has now. */
  bounds(): Promise<ReadonlyMap<number, Bounds>>
  /** Whether these partitions are no longer ours to settle. */
  isOver(): boolean
  /** Called for each whose position lies on the log: it is to be read from there. */
  settled(held: Held): void
  failed(error: unknown): void
  signal: AbortSignal
}

/**
 * Moves positions that were sought into what the log holds; waits while one lies beyond its end. Resolves when all are settled
 * or it is over, with none; or as soon as logs are found that end before what was read of them, with these. Never rejects.
 */
export async function settle(partitions: readonly Held[], options: SettleOptions): Promise<Cut[]> {
  const { isOver, settled, signal } = options
  let waiting = [...partitions]
  const cut: Cut[] = []
  for (let failures = 0; waiting.length > 0; ) {
    let pauseMs = beyondEndMs
    try {
      const bounds = await options.bounds()
      failures = 0
      if (isOver()) return []
      waiting = waiting.filter(held => {
        const range = bounds.get(held.partition)
        if (range && held.behind && held.position > range.high)
          cut.push({ partition: held.partition, position: held.position, ...range })
        if (!range || held.position > range.high) return true
        held.behind = false
        held.position = Math.max(held.position, range.low)
        held.refetchedAt = undefined
        held.settled = true
        settled(held)
        return false
      })
      if (cut.length > 0) return cut
    } catch (error) {
      if (isOver()) return []
      pauseMs = backoffMs(failures++)
      options.failed(error)
    }
    if (waiting.length > 0) await sleep(pauseMs, undefined, { signal }).catch(() => {})
  }
  return []
}
