import type { LogRecord } from '../topic/topic.ts'
import type { Rejected } from './sink.ts'

/** What a partition holds beside its sink's buffer: records delivered while it was busy, and dead letters not yet written. */
export interface Intake {
  push(records: readonly LogRecord[]): void
  /** Hands over the first of what was delivered, in order: at most so many records and bytes, but at least one record if there is one. */
  take(most: { records: number; bytes: number }): LogRecord[]
  reject(rejected: readonly Rejected[]): void
  readonly rejected: readonly Rejected[]
  /** Forgets the dead letters: they are written. */
  buried(): void
  clear(): void
  /** Delivered records that nobody took yet, and their bytes. */
  readonly waiting: number
  readonly waitingBytes: number
  /** With the dead letters, and with {@link recordOverheadBytes} for each record. */
  readonly records: number
  readonly bytes: number
}

/** What V8 keeps of a record beside its bytes: itself, its buffer's view and its place in the list. */
export const recordOverheadBytes = 200

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
    take(most) {
      let count = 0
      let bytes = 0
      for (const record of incoming) {
        const size = sizeOf(record)
        if (count > 0 && (count >= most.records || bytes + size > most.bytes)) break
        count++
        bytes += size
      }
      incomingBytes -= bytes
      return incoming.splice(0, count)
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
      incoming = []
      incomingBytes = 0
      this.buried()
    },
    get waiting() {
      return incoming.length
    },
    get waitingBytes() {
      return incomingBytes
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
  return (record.value?.length ?? 0) + recordOverheadBytes
}
