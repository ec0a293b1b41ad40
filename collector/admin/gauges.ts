import { Gauge, type Registry } from 'prom-client'
import { type BreakerState, breakerStates } from '../sending/breaker.ts'
import { readCounter } from './counts.ts'

/** What the spool holds now, and what it has done since the start. */
export interface SpoolFigures {
  bytes: number
  /** What it may hold. */
  maxBytes: number
  /** Age of the oldest record, seconds; 0 when the spool is empty. */
  oldestAgeSeconds: number
  appendedRecords: number
  /** Records that the topic has acknowledged. */
  drainedRecords: number
  /** Records that were found damaged, and set aside. */
  corruptRecords: number
  /** Records that had become larger than the topic takes, and were set aside. */
  tooLargeRecords: number
}

/** What parts of the collector tell of themselves: read when the metrics are asked for, never on the hot path. */
export interface Gauges {
  /** Bytes of records that wait or are in flight. */
  queueBytes(): number
  sendsInFlight(): number
  breaker(): BreakerState
  /** Partitions of the topic as last seen; 0 until it is known. */
  partitions(): number
  /** Undefined while there is no spool. */
  spool(): SpoolFigures | undefined
}

/** Makes what `read` returns readable under the names that start with `prefix`; what is not told is 0, the breaker closed. */
export function registerGauges(register: Registry, prefix: string, read: () => Partial<Gauges>): void {
  const gauge = (name: string, help: string, value: () => number | undefined) =>
    new Gauge({
      name: `${prefix}${name}`,
      help,
      registers: [register],
      collect() {
        this.set(value() ?? 0)
      },
    })
  gauge('queue_bytes', 'Bytes of records that wait or are in flight.', () => read().queueBytes?.())
  gauge('sends_in_flight', 'Sends that wait for their acknowledgement.', () => read().sendsInFlight?.())
  gauge('topic_partitions', 'Partitions of the topic; 0 until it is known.', () => read().partitions?.())
  gauge('spool_bytes', 'Bytes that the spool holds.', () => read().spool?.()?.bytes)
  gauge('spool_limit_bytes', 'Bytes that the spool may hold; 0 without one.', () => read().spool?.()?.maxBytes)
  gauge('spool_oldest_age_seconds', 'Age of the oldest record in the spool; 0 when it is empty.', () => {
    return read().spool?.()?.oldestAgeSeconds
  })
  new Gauge({
    name: `${prefix}breaker_state`,
    help: 'The state at 1 is that of the way to the topic: closed takes sends, open none, half_open tries one.',
    labelNames: ['state'],
    registers: [register],
    collect() {
      const now = read().breaker?.() ?? 'closed'
      for (const state of breakerStates) this.set({ state }, state === now ? 1 : 0)
    },
  })
  const total = (name: string, help: string, value: (spool: SpoolFigures) => number) =>
    readCounter(register, `${prefix}spool_records_${name}_total`, help, () => {
      const spool = read().spool?.()
      return [[{}, spool ? value(spool) : 0]]
    })
  total('appended', 'Records that the spool took.', spool => spool.appendedRecords)
  total('drained', 'Records of the spool that the topic has acknowledged.', spool => spool.drainedRecords)
  total('corrupt', 'Records of the spool that were damaged, and set aside.', spool => spool.corruptRecords)
  total(
    'too_large',
    'Records of the spool that were larger than the topic takes, and set aside.',
    spool => spool.tooLargeRecords,
  )
}
