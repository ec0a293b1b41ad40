import { z } from 'zod'
import { bundleScript, pinnedVersion } from './bundle.ts'
import { jsonOf } from './decode.ts'
import type { Peer } from './peer.ts'

const name = '@segment/analytics-next'
const event = z.object({ messageId: z.string(), type: z.string(), event: z.string().optional() })
const batch = z.object({ batch: z.array(event) })

export const segment: Peer = {
  name: 'segment',
  version: pinnedVersion(name),
  claims: 'one fetch an event; retries; queue kept in localStorage',
  // Settings in the page instead of from the CDN, and no remote metrics: documented, and two downloads less for it.
  script: endpoint =>
    bundleScript(`import { AnalyticsBrowser } from '${name}'
const apiHost = '${endpoint}/v1'
const analytics = AnalyticsBrowser.load({ writeKey: 'bench', cdnURL: '${endpoint}', cdnSettings: {
  integrations: { 'Segment.io': { apiKey: 'bench', apiHost: apiHost.replace(/^https?:\\/\\//, ''),
    protocol: apiHost.split(':')[0] } }, metrics: { sampleRate: 0 } } },
  { integrations: { 'Segment.io': { apiHost: apiHost.replace(/^https?:\\/\\//, ''), protocol: apiHost.split(':')[0] } } })
analytics.page()
window.peer = { track: (action, properties) => void analytics.track(action, properties) }`),
  eventsIn(request) {
    const one = jsonOf(request, event)
    const sent = one ? [one] : (jsonOf(request, batch)?.batch ?? [])
    return sent.map(({ messageId, type, event: action }) => ({ id: messageId, action: action ?? type }))
  },
  answer: () => ({ status: 200, headers: { 'content-type': 'application/json' }, body: '{"success":true}' }),
}
