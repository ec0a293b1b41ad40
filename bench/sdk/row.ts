import type { Traffic } from './traffic.ts'
import type { Weight } from './weight.ts'

/** All that is measured of one peer. Times with the CPU slowed 4x. */
export interface Row extends Weight, Traffic {
  name: string
  version: string
  /** Time of a click in the page's listeners, µs. */
  clickMedianUs: number
  clickP95Us: number
  /** Medians of the page loads, ms of CPU: see ScriptWork. */
  startMs: number
  startLayoutMs: number
  visitMs: number
  /** `startMs` by Plausible's in the same run; undefined without Plausible. */
  startRatio: number | undefined
  /** The most of any page load. */
  longTasks: number
  forcedLayouts: number
  claims: string
}
