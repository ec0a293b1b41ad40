import type { Entry } from './seal.ts'

/** Reason → number of events. */
export type Counts = Record<string, number>

/** The book of what had to be given up: in total, and what no report has told yet. */
export interface Losses {
  readonly total: Counts
  /** Marks events as dropped and counts them. A lost report is untold again, and one loss more. */
  drop(entries: readonly Entry[], reason: string): void
  /** Counts an event that never came to be. */
  count(reason: string): void
  /** What no report has told; told from now on. Undefined when there is nothing to tell. */
  take(): Counts | undefined
  /** Forgets what is untold. */
  clear(): void
}

/** The action of the event that carries counts by reason. */
export const reportAction = 'events_dropped'

export function createLosses(): Losses {
  const total: Counts = {}
  let untold: Counts = {}
  const add = (counts: Counts, reason: string, count: unknown) => {
    counts[reason] = (counts[reason] || 0) + Number(count)
  }
  const count = (reason: string) => {
    add(total, reason, 1)
    add(untold, reason, 1)
  }
  const take = () => {
    const told = untold
    untold = {}
    return Object.keys(told)[0] ? told : undefined
  }
  return {
    total,
    drop(entries, reason) {
      for (const entry of entries) {
        entry.state = 'dropped'
        count(reason)
        if (entry.action === reportAction) {
          for (const [lost, count] of Object.entries(entry.properties || {})) add(untold, lost, count)
        }
      }
    },
    count,
    take,
    clear: take,
  }
}
