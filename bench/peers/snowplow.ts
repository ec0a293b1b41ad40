import { z } from 'zod'
import { bundleScript, pinnedVersion } from './bundle.ts'
import { jsonOf, parseJson } from './decode.ts'
import type { Peer } from './peer.ts'

const name = '@snowplow/browser-tracker'
const requests = z.object({
  data: z.array(
    z.object({ e: z.string(), eid: z.string(), ue_px: z.string().optional(), ue_pr: z.string().optional() }),
  ),
})
const selfDescribing = z.object({ data: z.object({ schema: z.string() }) })

/** `iglu:com.example/color_click/jsonschema/1-0-0` → `color_click`. */
function actionOf({ e, ue_px, ue_pr }: { e: string; ue_px?: string | undefined; ue_pr?: string | undefined }): string {
  const text = ue_pr ?? Buffer.from(ue_px ?? '', 'base64url').toString('utf8')
  return parseJson(text, selfDescribing)?.data.schema.split('/')[1] ?? e
}

export const snowplow: Peer = {
  name: 'snowplow',
  version: pinnedVersion(name),
  claims: 'a request an event, one at a time; retries; queue kept in localStorage',
  script: endpoint =>
    bundleScript(`import { newTracker, trackPageView, trackSelfDescribingEvent } from '${name}'
newTracker('sp', '${endpoint}', { appId: 'bench' })
trackPageView()
window.peer = { track: (action, data) => trackSelfDescribingEvent({
  event: { schema: 'iglu:com.example/' + action + '/jsonschema/1-0-0', data } }) }`),
  eventsIn: request =>
    (jsonOf(request, requests)?.data ?? []).map(event => ({ id: event.eid, action: actionOf(event) })),
}
