import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Arrival } from './collector.ts'
import type { SentEvent, Tracker } from './tracker.ts'

const properties = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
const batch = z.object({
  tab: z.string(),
  n: z.number().optional(),
  action: z.string().optional(),
  events: z.array(
    z.object({ n: z.number().optional(), action: z.string().optional(), properties: properties.optional() }),
  ),
})

interface ReadEvent extends SentEvent {
  mark: string | undefined
}

/** The events of a body of CONTRACT 1, each with its number and its action. Throws for a body that breaks the contract. */
export function readBatch(body: Buffer): ReadEvent[] {
  const { tab, events, ...envelope } = batch.parse(JSON.parse(body.toString()))
  return events.map((event, index) => {
    const n = event.n ?? Number(envelope.n) + index
    const action = event.action ?? envelope.action
    if (!(n >= 1 && action)) throw new Error(`an event of ${tab} has no n or no action`)
    const mark = event.properties?.['mark']
    return { id: `${tab}-${n}`, action, mark: mark === undefined ? undefined : String(mark) }
  })
}

const read = ({ body }: Arrival) => (body.length ? readBatch(body) : [])

/** Clicktrail's script tag as `node build.mjs` left it; the checkout is the working directory. */
export const clicktrail: Tracker = {
  name: 'clicktrail',
  version: 'checkout',
  script: async () => `${await readFile('sdk/dist/clicktrail.js', 'utf8')}\nwindow.peer = clicktrail`,
  attributes: endpoint => ({ 'data-site': 'lab', 'data-endpoint': `${endpoint}/v1/events` }),
  countsClicks: true,
  marksIn: request => read(request).flatMap(({ mark }) => mark ?? []),
  eventsIn: read,
  reply: () => undefined,
}
