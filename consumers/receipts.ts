import type { LogRecord } from '../topic/topic.ts'

/** When the collector received some of the records that are not stored yet. */
export interface Receipts {
  /** Remembers one, at most every 100 ms: its sink has taken it. */
  note(record: LogRecord | undefined, nowMs: number): void
  /** For how long those before `next`, which is durable, were on their way, seconds: each is told once. */
  settle(next: number, nowMs: number): number[]
  clear(): void
}

const spacingMs = 100

/** Further on a record that our collector wrote has no member of this name but in its properties, whose text comes later. */
const beginningBytes = 512
const created = /"created":"([^"\\]{20,30})"/

/** Ten records a second and partition are enough to tell how long the road takes, and cost nothing. */
export function createReceipts(): Receipts {
  let waiting: { offset: number; receivedMs: number }[] = []
  let notedMs = Number.NEGATIVE_INFINITY
  return {
    note(record, nowMs) {
      if (!record || nowMs - notedMs < spacingMs) return
      const receivedMs = receivedMsOf(record.value)
      if (receivedMs === undefined) return
      notedMs = nowMs
      waiting.push({ offset: record.offset, receivedMs })
    },
    settle(next, nowMs) {
      const settled = waiting.filter(({ offset }) => offset < next)
      if (settled.length > 0) waiting = waiting.filter(({ offset }) => offset >= next)
      return settled.map(({ receivedMs }) => Math.max(0, nowMs - receivedMs) / 1_000)
    },
    clear() {
      waiting = []
    },
  }
}

/** When the collector received the record, by its clock, milliseconds; undefined for one that doesn't say. */
export function receivedMsOf(value: Uint8Array | null): number | undefined {
  if (value === null) return undefined
  const text = Buffer.from(value.buffer, value.byteOffset, Math.min(value.length, beginningBytes)).toString('latin1')
  const ms = Date.parse(created.exec(text)?.[1] ?? '')
  return Number.isNaN(ms) ? undefined : ms
}
