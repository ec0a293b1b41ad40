import { z } from 'zod'
import { bundleScript, pinnedVersion } from './bundle.ts'
import { parseJson, textOf } from './decode.ts'
import type { Peer } from './peer.ts'

const name = 'mixpanel-browser'
const event = z.object({ event: z.string(), properties: z.object({ $insert_id: z.string().optional() }) })
const events = z.union([z.array(event), event.transform(one => [one])])

export const mixpanel: Peer = {
  name: 'mixpanel',
  version: pinnedVersion(name),
  claims: 'batches every 5 s; retries; queue kept in localStorage',
  // The core loader, which its README offers to pages without session recording.
  script: endpoint =>
    bundleScript(`import mixpanel from '${name}/src/loaders/loader-module-core'
mixpanel.init('bench', { api_host: '${endpoint}', track_pageview: true, persistence: 'localStorage' })
window.peer = { track: (action, properties) => void mixpanel.track(action, properties) }`),
  eventsIn(request) {
    const data = new URLSearchParams(textOf(request)).get('data')
    if (data === null) return []
    const sent = parseJson(data, events) ?? parseJson(Buffer.from(data, 'base64').toString('utf8'), events)
    return (sent ?? []).map(({ event: action, properties }) => ({ id: properties.$insert_id, action }))
  },
  answer: ({ url }) =>
    /[?&]verbose=1/.test(url)
      ? { status: 200, headers: { 'content-type': 'application/json' }, body: '{"error":null,"status":1}' }
      : { status: 200, headers: { 'content-type': 'text/plain' }, body: '1' },
}
