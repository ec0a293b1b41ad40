import { collectDefaultMetrics, type Registry } from 'prom-client'

/** How often the event loop's lag is sampled, milliseconds: each sample wakes the process. */
const lagPrecisionMs = 50

/** Gauges that prom-client names like counters, and shows once more by type under the name without `_total`. */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total']

/** The metrics of the process: CPU, memory, event loop lag, garbage collection. Once a registry. */
export function registerProcess(register: Registry): void {
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: lagPrecisionMs })
  for (const name of misnamed) register.removeSingleMetric(name)
}
