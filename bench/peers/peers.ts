import { amplitude } from './amplitude.ts'
import { clicktrail, clicktrailEsm } from './clicktrail.ts'
import { mixpanel } from './mixpanel.ts'
import { naiveBeacon } from './naive-beacon.ts'
import { openpanel } from './openpanel.ts'
import type { Peer } from './peer.ts'
import { plausible } from './plausible.ts'
import { posthog } from './posthog.ts'
import { segment } from './segment.ts'
import { snowplow } from './snowplow.ts'

/** All trackers that the benches compare, Clicktrail first. */
export const peers: readonly Peer[] = [
  clicktrail,
  clicktrailEsm,
  naiveBeacon,
  plausible,
  openpanel,
  snowplow,
  segment,
  mixpanel,
  posthog,
  amplitude,
]

/** The peers of a comma-separated list of names, in the table's order; all of them for undefined. Throws for a name that no peer has. */
export function pickPeers(names: string | undefined): readonly Peer[] {
  if (names === undefined) return peers
  const wanted = new Set(names.split(',').map(name => name.trim()))
  for (const name of wanted) {
    if (!peers.some(peer => peer.name === name))
      throw new Error(`no peer ${name}: there are ${peers.map(peer => peer.name).join(', ')}`)
  }
  return peers.filter(peer => wanted.has(peer.name))
}
