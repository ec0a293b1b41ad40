import { Counter, type Registry } from 'prom-client'
import { type Outcome, statuses } from '../http/answer.ts'
import { type LossReason, lossReasons } from '../records/reported-losses.ts'
import { rejectionCauses } from '../validation/validate.ts'

const dropReasons = ['gpc', 'prefetch'] as const

export type DropReason = (typeof dropReasons)[number]

/** Everything that is counted, in plain numbers: counting is on the hot path. */
export interface Counts {
  answered: Record<Outcome, number>
  rejected: Record<(typeof rejectionCauses)[number], number>
  dropped: Record<DropReason, number>
  reportedLost: Record<LossReason, number>
  accepted: number
}

/** All at 0. */
export function createCounts(): Counts {
  return {
    answered: zeroes(Object.keys(statuses) as Outcome[]),
    rejected: zeroes(rejectionCauses),
    dropped: zeroes(dropReasons),
    reportedLost: zeroes(lossReasons),
    accepted: 0,
  }
}

function zeroes<const Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map(name => [name, 0])) as Record<Name, number>
}

/** A row of a counter: its labels and its value. */
export type Row = [labels: Record<string, string>, value: number]

/** A counter whose rows, always of the same labels, are read when it is asked for: those at 0 too. */
export function readCounter(register: Registry, name: string, help: string, rows: () => readonly Row[]): void {
  const labelNames = Object.keys(rows()[0]?.[0] ?? {})
  new Counter({
    name,
    help,
    labelNames,
    registers: [register],
    collect() {
      this.reset()
      for (const [labels, value] of rows()) this.inc(labels, value)
    },
  })
}

/** Makes the counts readable under the names that start with `prefix`. */
export function registerCounts(register: Registry, prefix: string, counts: Counts): void {
  const byReason = (of: Readonly<Record<string, number>>) =>
    Object.entries(of).map(([reason, n]): Row => [{ reason }, n])
  const statusOf: Readonly<Record<string, number>> = statuses
  readCounter(register, `${prefix}requests_answered_total`, 'Answers to events, and refusals of any request.', () =>
    byReason(counts.answered).map(([{ reason = '' }, n]) => [{ status: String(statusOf[reason]), reason }, n]),
  )
  readCounter(register, `${prefix}events_accepted_total`, 'Events that were acknowledged.', () => [
    [{}, counts.accepted],
  ])
  readCounter(
    register,
    `${prefix}events_rejected_total`,
    'Events that were refused in a request whose other events were taken.',
    () => byReason(counts.rejected),
  )
  readCounter(
    register,
    `${prefix}requests_dropped_total`,
    'Requests that were answered 204 without being looked at.',
    () => byReason(counts.dropped),
  )
  readCounter(
    register,
    `${prefix}browser_events_lost_total`,
    'Events that browsers gave up, as they report themselves: no room (full), refused (rejected, http). A report that came twice counts twice.',
    () => byReason(counts.reportedLost),
  )
}
