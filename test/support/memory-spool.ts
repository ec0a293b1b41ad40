import type { Breakers } from '../../collector/sending/breakers.ts'
import type { Spool } from '../../collector/spool/spool.ts'

export interface MemorySpool extends Spool {
  /** What was taken, in order. */
  readonly appends: readonly { partition: number; values: readonly Uint8Array[] }[]
  /** Whether it takes what comes from now on. */
  take(takes: boolean): void
  /** Forgets what it holds. */
  empty(): void
}

/** A spool that keeps everything in memory and never drains. */
export function createMemorySpool(breakers: Breakers): MemorySpool {
  const appends: { partition: number; values: readonly Uint8Array[] }[] = []
  let held = new Set<number>()
  let taking = true
  return {
    breakers,
    appends,
    take(takes) {
      taking = takes
    },
    empty() {
      held = new Set()
    },
    async append(partition, values) {
      if (!taking) return false
      appends.push({ partition, values })
      held.add(partition)
      return true
    },
    holds: partition => held.has(partition),
    bytes: () => 0,
    oldestMs: () => undefined,
    state: () => (taking ? 'taking' : 'full'),
    figures: () => ({
      bytes: 0,
      maxBytes: 0,
      oldestAgeSeconds: 0,
      appendedRecords: 0,
      drainedRecords: 0,
      corruptRecords: 0,
      tooLargeRecords: 0,
    }),
    close: () => Promise.resolve(),
  }
}
