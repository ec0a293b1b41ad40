import { z } from 'zod'
import { bundleScript, pinnedVersion } from './bundle.ts'
import { jsonOf } from './decode.ts'
import type { Peer } from './peer.ts'

const name = '@plausible-analytics/tracker'
const event = z.object({ n: z.string() })

export const plausible: Peer = {
  name: 'plausible',
  version: pinnedVersion(name),
  claims: 'one keepalive fetch an event; no retry, no persistence',
  // __plausible is what Plausible's own installation check sets, so that driven browsers count.
  script: endpoint =>
    bundleScript(`import { init, track } from '${name}'
window.__plausible = true
init({ domain: 'bench.example', endpoint: '${endpoint}/api/event', captureOnLocalhost: true, logging: false })
window.peer = { track: (action, props) => track(action, { props }) }`),
  eventsIn(request) {
    const sent = jsonOf(request, event)
    return sent ? [{ id: undefined, action: sent.n }] : []
  },
  answer: () => ({ status: 202, headers: { 'content-type': 'text/plain' }, body: 'ok' }),
}
