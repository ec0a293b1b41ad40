import type { LogRecord } from '../topic/topic.ts'
import type { Rejected } from './sink.ts'

/** What a partition holds beside its sink's buffer: records delivered while it was busy, and dead letters not yet written. */
export interface Intake {
  push(records: readonly LogRecord[]): void
  /** Hands over what was delivered, in order. */
  take(): LogRecord[]
  reject(rejected: readonly Rejected[]): void
  readonly rejected: readonly Rejected[]
  /** Forgets the dead letters: they are written. */
  buried(): void
  clear(): void
  readonly records: number
  readonly bytes: number
}

export function createIntake(): Intake {
  let incoming: LogRecord[] = []
  let rejected: Rejected[] = []
  let incomingBytes = 0
  let rejectedBytes = 0
  return {
    push(records) {
      for (const record of records) {
        incoming.push(record)
        incomingBytes += sizeOf(record)
      }
    },
    take() {
      const taken = incoming
      incoming = []
      incomingBytes = 0
      return taken
    },
    reject(more) {
      for (const one of more) {
        rejected.push(one)
        rejectedBytes += sizeOf(one.record)
      }
    },
    get rejected() {
      return rejected
    },
    buried() {
      rejected = []
      rejectedBytes = 0
    },
    clear() {
      this.take()
      this.buried()
    },
    get records() {
      return incoming.length + rejected.length
    },
    get bytes() {
      return incomingBytes + rejectedBytes
    },
  }
}

function sizeOf(record: LogRecord): number {
  return record.value?.length ?? 0
}
