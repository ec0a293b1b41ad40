import type { LogRecord } from '../topic/topic.ts'
import { createLag } from './lag.ts'
import { createReceipts } from './receipts.ts'

/** How far a partition has come, in the units in which an operator asks. */
export interface ProgressFigures {
  /** Records from the first that is not durable to the end of the log as last known. */
  lagRecords: number
  /** For how long the first of them has been on the log. */
  lagSeconds: number
  /** Since the last commit of this assignment, or its start; 0 while there is nothing to commit. */
  commitAgeSeconds: number
}

/** What one partition has to remember to tell them. */
export interface Progress {
  /** Reading begins: everything before `next` is taken to be durable until a flush says more. */
  begin(next: number, high: number): void
  /** The log ends here now; before `begin` it says nothing, as it isn't known what is durable. */
  ended(high: number): void
  delivered(records: readonly LogRecord[]): void
  /** The sink has taken this one. */
  taken(record: LogRecord | undefined): void
  /** The sink was given these: it has them, passes over them, or refuses them. */
  read(records: readonly LogRecord[]): void
  /** Everything before `next` is durable. Returns for how many seconds some of these records were on their way, from the collector on. */
  durable(next: number): number[]
  /** Nothing of what was read waits any more: it is durable, a copy of what is, or buried. Returns what {@link durable} does. */
  settled(): number[]
  committed(): void
  figures(): ProgressFigures
}

export function createProgress(now: () => number): Progress {
  const receipts = createReceipts()
  let lag = createLag()
  let begun = false
  let position = 0
  let readTo = 0
  let committedMs = now()

  function durable(next: number): number[] {
    position = Math.max(position, next)
    return receipts.settle(next, now())
  }

  return {
    begin(next, high) {
      receipts.clear()
      lag = createLag()
      begun = true
      lag.ended(high, now())
      position = next
      readTo = next
    },
    ended(high) {
      if (begun) lag.ended(high, now())
    },
    delivered: records => lag.delivered(records),
    taken: record => receipts.note(record, now()),
    read(records) {
      readTo = Math.max(readTo, (records.at(-1)?.offset ?? -1) + 1)
    },
    durable,
    settled: () => durable(readTo),
    committed() {
      committedMs = now()
    },
    figures() {
      const { records, seconds } = lag.behind(position, now())
      const commitAgeSeconds = records === 0 ? 0 : Math.max(0, now() - committedMs) / 1_000
      return { lagRecords: records, lagSeconds: seconds, commitAgeSeconds }
    },
  }
}
