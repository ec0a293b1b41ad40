import { Gauge, Histogram, Registry } from 'prom-client'
import type { Outcome } from '../http/answer.ts'
import { type LossReason, lossReasons } from '../records/reported-losses.ts'
import type { RejectionCause } from '../validation/validate.ts'
import { createCounts, type DropReason, registerCounts } from './counts.ts'
import { type Gauges, registerGauges } from './gauges.ts'
import { registerProcess } from './process-metrics.ts'

export interface MetricsOptions {
  /** @default 'unknown' */
  version?: string
  /** Whether those of the process are there too: CPU, memory, event loop lag, garbage collection. @default false */
  process?: boolean
  /** Where they are registered. @default one of their own */
  registry?: Registry
}

export interface Metrics {
  /** A request was answered, where it was one for events so many seconds after its headers were there. */
  answered(outcome: Outcome, seconds?: number): void
  /** Events were acknowledged. */
  accepted(events: number): void
  /** An event was refused in a request whose other events were taken. */
  rejected(cause: RejectionCause): void
  /** A request was answered 204 without being looked at. */
  dropped(reason: DropReason): void
  /** Browsers reported that they had to give up so many events, in a report that was acknowledged. */
  reportedLost(losses: Partial<Record<LossReason, number>>): void
  /** The topic acknowledged or refused a send of so many records after so many seconds. */
  observeSend(records: number, seconds: number): void
  /** From now on these are read; what was given before and isn't given now stays. */
  watch(gauges: Partial<Gauges>): void
  readonly contentType: string
  /** All of them in Prometheus's text format 0.0.4, also those at 0. */
  text(): Promise<string>
}

const prefix = 'clicktrail_collector_'

/** 20, 30 and 45 ms are what the collector promises. */
const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.045, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/**
 * The collector's metrics, all at 0. An event costs an addition: prom-client sees the
 * numbers only when it is asked for them.
 */
export function createMetrics({
  version = 'unknown',
  process = false,
  registry = new Registry(),
}: MetricsOptions = {}): Metrics {
  const counts = createCounts()
  let gauges: Partial<Gauges> = {}
  if (process) registerProcess(registry)
  registerBuild(registry, version)
  registerCounts(registry, prefix, counts)
  registerGauges(registry, prefix, () => gauges)
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name: `${prefix}${name}`, help, buckets, registers: [registry] })
  const request = histogram(
    'request_duration_seconds',
    'From the headers of a request for events to its answer.',
    secondsBuckets,
  )
  const records = histogram('send_records', 'Records a send.', [1, 2, 5, 10, 20, 50, 100, 200, 500])
  const send = histogram('send_duration_seconds', 'From a send to its acknowledgement or refusal.', secondsBuckets)

  return {
    answered(outcome, seconds) {
      counts.answered[outcome]++
      if (seconds !== undefined) request.observe(seconds)
    },
    accepted(events) {
      counts.accepted += events
    },
    rejected(cause) {
      counts.rejected[cause]++
    },
    dropped(reason) {
      counts.dropped[reason]++
    },
    reportedLost(losses) {
      for (const reason of lossReasons) counts.reportedLost[reason] += losses[reason] ?? 0
    },
    observeSend(count, seconds) {
      records.observe(count)
      send.observe(seconds)
    },
    watch(more) {
      gauges = { ...gauges, ...more }
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  }
}

/** `clicktrail_build_info`, which says the version. */
export function registerBuild(register: Registry, version: string): void {
  new Gauge({
    name: 'clicktrail_build_info',
    help: 'Always 1; the version that runs.',
    labelNames: ['version'],
    registers: [register],
  }).set({ version }, 1)
}
