import { z } from 'zod'
import { bundleScript, pinnedVersion } from './bundle.ts'
import { jsonOf } from './decode.ts'
import type { Peer } from './peer.ts'

const name = '@openpanel/web'
const event = z.object({ type: z.literal('track'), payload: z.object({ name: z.string() }) })

export const openpanel: Peer = {
  name: 'openpanel',
  version: pinnedVersion(name),
  claims: 'one keepalive fetch an event; 3 retries within 3.5 s while the page lives; no persistence',
  script: endpoint =>
    bundleScript(`import { OpenPanel } from '${name}'
const op = new OpenPanel({ clientId: '00000000-0000-4000-8000-000000000000', apiUrl: '${endpoint}',
  trackScreenViews: true })
window.peer = { track: (action, properties) => op.track(action, properties) }`),
  eventsIn(request) {
    const sent = jsonOf(request, event)
    return sent ? [{ id: undefined, action: sent.payload.name }] : []
  },
  answer: () => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: '{"deviceId":"d0000000000000000000000000000000","sessionId":"00000000-0000-4000-8000-000000000001"}',
  }),
}
