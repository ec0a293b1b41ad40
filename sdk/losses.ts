import { explain } from './explain.ts'

/** The action of the event that carries what was lost, by reason. */
export const reportAction = 'events_dropped'

/** Events that had to be given up and that no report has told yet: reason → number. */
export let dropped: Record<string, number> = {}

/** Counts events as given up. */
export function lose(reason: string, count: number): void {
  if (count) {
    dropped[reason] = (dropped[reason] || 0) + count
    explain(`gave up ${count} events: ${reason}`)
  }
}

/** All has been told. */
export function told(): void {
  dropped = {}
}
