import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { bundleScript } from './bundle.ts'
import { jsonOf } from './decode.ts'
import type { Peer, SentEvent, SentRequest } from './peer.ts'

const script = 'sdk/dist/clicktrail.js'
const { version } = z.object({ version: z.string() }).parse(JSON.parse(await readFile('sdk/package.json', 'utf8')))
const claims = 'batches; retries; keeps undelivered batches across visits; ids for exact deduplication; measured loss'

const batch = z.object({
  tab: z.string(),
  n: z.number(),
  action: z.string(),
  events: z.array(z.object({ action: z.string().optional() })),
})

/** Events of a batch of CONTRACT 1, as the SDK writes it. */
function eventsIn(request: SentRequest): SentEvent[] {
  const sent = jsonOf(request, batch)
  if (!sent) return []
  const { tab, n, action, events } = sent
  return events.map((event, index) => ({ id: `${tab}-${n + index}`, action: event.action ?? action }))
}

const answer = () => ({ status: 204 })

/** The script tag, as built. */
export const clicktrail: Peer = {
  name: 'clicktrail',
  version,
  claims,
  shipped: () => readFile(script, 'utf8'),
  async script() {
    return [await readFile(script, 'utf8'), 'window.peer={track:window.clicktrail.track};'].join('\n')
  },
  attributes: endpoint => ({ 'data-site': 'bench', 'data-endpoint': `${endpoint}/v1/events` }),
  eventsIn,
  answer,
  countsClicks: true,
}

/** What a website's own bundle takes in for `init`, `page` and `track`. */
export const clicktrailEsm: Peer = {
  name: 'clicktrail-esm',
  version,
  claims,
  shipped: () => bundleScript('export { init, page, track } from "../sdk/dist/index.js"'),
  script: endpoint =>
    bundleScript(`import { init, page, track } from '../sdk/dist/index.js'
init({ site: 'bench', endpoint: '${endpoint}/v1/events' })
window.peer = { track, page }`),
  eventsIn,
  answer,
  countsClicks: true,
}
