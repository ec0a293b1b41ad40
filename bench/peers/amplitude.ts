import { z } from 'zod'
import { bundleScript, pinnedVersion } from './bundle.ts'
import { jsonOf } from './decode.ts'
import type { Peer } from './peer.ts'

const name = '@amplitude/analytics-browser'
const upload = z.object({ events: z.array(z.object({ event_type: z.string(), insert_id: z.string().optional() })) })

export const amplitude: Peer = {
  name: 'amplitude',
  version: pinnedVersion(name),
  claims: 'batches every 1 s; retries; queue kept in localStorage',
  script: endpoint =>
    bundleScript(`import * as amplitude from '${name}'
amplitude.init('bench', { serverUrl: '${endpoint}/2/httpapi', remoteConfig: { fetchRemoteConfig: false },
  enableDiagnostics: false, autocapture: { elementInteractions: false } })
window.peer = { track: (action, properties) => void amplitude.track(action, properties) }`),
  eventsIn: request =>
    (jsonOf(request, upload)?.events ?? []).map(event => ({ id: event.insert_id, action: event.event_type })),
  answer: () => ({ status: 200, headers: { 'content-type': 'application/json' }, body: '{"code":200}' }),
}
