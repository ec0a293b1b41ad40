import { z } from 'zod'
import { bundleScript, pinnedVersion } from './bundle.ts'
import { parseJson, textOf } from './decode.ts'
import type { Peer } from './peer.ts'

const name = 'posthog-js'
const event = z.object({ event: z.string(), uuid: z.string().optional() })
const events = z.union([
  z.array(event),
  z.object({ batch: z.array(event) }).transform(sent => sent.batch),
  event.transform(one => [one]),
])

export const posthog: Peer = {
  name: 'posthog',
  version: pinnedVersion(name),
  claims: 'batches every 3 s, gzip; retries while the page lives; unsent events are not kept',
  // The slim bundle, and nothing that would be downloaded later: flags, recording, surveys, autocapture.
  script: endpoint =>
    bundleScript(`import posthog from '${name}/dist/module.slim'
posthog.init('phc_bench', { api_host: '${endpoint}', defaults: '2025-05-24', autocapture: false,
  advanced_disable_flags: true, disable_external_dependency_loading: true, disable_session_recording: true,
  disable_surveys: true, opt_out_useragent_filter: true })
window.peer = { track: (action, properties) => void posthog.capture(action, properties) }`),
  eventsIn(request) {
    const text = textOf(request)
    const data = new URLSearchParams(text).get('data')
    const sent = parseJson(data === null ? text : Buffer.from(data, 'base64').toString('utf8'), events)
    return (sent ?? []).map(({ uuid, event: action }) => ({ id: uuid, action }))
  },
  answer: () => ({ status: 200, headers: { 'content-type': 'application/json' }, body: '{"status":1}' }),
}
