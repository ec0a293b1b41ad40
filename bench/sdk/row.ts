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
  visitMs: number
  /** Median of `startMs` by Plausible's in the same round; undefined without Plausible. */
  startRatio: number | undefined
  /** The same without the style and layout that the script forces. */
  scriptMs: number
  scriptRatio: number | undefined
  /** The most of any page load. */
  longTasks: number
  forcedLayouts: number
  claims: string
}
