import { believedStep } from '../deploy/hive/loss.ts'
import { byName } from './counts.ts'
import type { Landed } from './landed.ts'

export interface SiteLoss {
  site: string
  /** `arrived` and `missing`. */
  expected: number
  arrived: number
  /** Numbers that a tab passed over before its last event of the span, since its last one before the span; of a tab with more than is believed, none. */
  missing: number
  /** What browsers reported as given up; what had a number is among the missing too. */
  givenUp: number
}

/** The loss of each site that did anything, by name. What a tab lost after its last event that came nobody can see. */
export function lossBySite({ tabs, givenUp }: Pick<Landed, 'tabs' | 'givenUp'>): SiteLoss[] {
  const sites = new Map<string, SiteLoss>()
  const lossOf = (site: string): SiteLoss => {
    const known = sites.get(site) ?? { site, expected: 0, arrived: 0, missing: 0, givenUp: 0 }
    sites.set(site, known)
    return known
  }
  for (const { site, events, first, last, before } of tabs) {
    const loss = lossOf(site)
    // A clock may put a later number before the span: what stands below the first one is all that counts.
    const passed = Math.max(0, last - Math.min(before, first - 1) - events)
    const missing = passed < believedStep ? passed : 0
    loss.arrived += events
    loss.missing += missing
    loss.expected += events + missing
  }
  for (const { site, count } of givenUp) lossOf(site).givenUp += count
  return [...sites.values()].sort((a, b) => byName(a.site, b.site))
}
