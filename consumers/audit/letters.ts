import type { AuditedStore } from './finding.ts'
import type { AuditLog } from './log.ts'

/** What was refused: by storage and place on the topic. */
export interface RefusedRecords {
  /** Whether a letter says that this storage refused this record. A letter is written after its record: an older one is of an earlier topic. */
  has(store: AuditedStore, place: { partition: number; offset: number; timestampMs: number }): boolean
  /** Whether letters of records of that time may be gone already. */
  mayBeGone(timestampMs: number): boolean
}

/** Clocks of two brokers may differ by so much, milliseconds. */
const skewMs = 60_000

/** Reads the dead letters from end to end, once; of each, its place is kept. */
export async function readRefused(log: AuditLog): Promise<RefusedRecords> {
  const latest = new Map<string, Map<number, number>>()
  const { letters, cut } = await log.letters()
  let oldestMs = Number.POSITIVE_INFINITY
  for await (const { sink, origin, refusedMs } of letters) {
    oldestMs = Math.min(oldestMs, refusedMs)
    if (origin?.topic !== log.topic) continue
    const key = `${sink} ${origin.partition}`
    const offsets = latest.get(key) ?? new Map<number, number>()
    latest.set(key, offsets)
    offsets.set(origin.offset, Math.max(refusedMs, offsets.get(origin.offset) ?? 0))
  }
  return {
    has(store, { partition, offset, timestampMs }) {
      const refusedMs = latest.get(`${store} ${partition}`)?.get(offset)
      return refusedMs !== undefined && refusedMs + skewMs >= timestampMs
    },
    mayBeGone: timestampMs => cut && timestampMs < oldestMs,
  }
}
