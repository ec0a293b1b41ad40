import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import type { CollectorOptions } from '../../../../collector/collector.ts'
import { landedText } from '../../../../topic/record.ts'
import { type ListeningCollector, startListeningCollector } from '../../../support/listening-collector.ts'

type Stored = Pick<CollectorOptions, 'ip' | 'userAgent' | 'visitor'>

const phone =
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36'
const page = {
  url: 'https://shop.example/paints',
  referrer: 'https://search.example/',
  title: 'Paints',
  language: 'en',
}
/** All that a browser can say. */
const full = {
  site: 'x',
  tab: '0mwpt1nbck9k2j4h6f8d',
  n: 7,
  visitor: 'v',
  session: 's',
  user: 'ada',
  page,
  events: [{ ago: 5, action: 'color_click', properties: { color: 'red' }, unknown: 1 }],
  unknown: { secret: 1 },
}
const { visitor: _, ...anonymous } = full
/** The least that a server can say. */
const least = { site: 'x', events: [{ action: 'a' }] }

const modes: Stored[] = (['off', 'cut'] as const).flatMap(ip =>
  (['keep', 'drop'] as const).flatMap(userAgent =>
    [{ mode: 'daily', secret: 'x'.repeat(16) } as const, { mode: 'off' } as const].map(visitor => ({
      ip,
      userAgent,
      visitor,
    })),
  ),
)

const published = z.object({
  fields: z.array(z.object({ name: z.string(), presence: z.enum(['always', 'sometimes']) })),
})

let collecting: ListeningCollector | undefined
afterEach(() => collecting?.close())

function leavesOf(value: object, prefix = ''): string[] {
  return Object.entries(value).flatMap(([key, member]) => {
    const name = prefix + key
    return typeof member === 'object' && name !== 'properties' ? leavesOf(member, `${name}.`) : [name]
  })
}

/** Every field of what such requests become, landed, an event a set. */
async function storedBy({ url, writer }: ListeningCollector, bodies: object[]): Promise<Set<string>[]> {
  for (const body of bodies) {
    const headers = { 'Content-Type': 'text/plain', 'User-Agent': phone, 'Accept-Language': 'en-GB', Cookie: 'a=b' }
    const { status } = await fetch(`${url}/v1/events`, { method: 'POST', headers, body: JSON.stringify(body) })
    expect(status).toBe(204)
  }
  const position = { topic: 't', partition: 0, offset: 9, skipped: 1, generation: 2 }
  return writer.values.map(value => new Set(leavesOf(JSON.parse(landedText(Buffer.from(value).toString(), position)))))
}

test.each(modes)('with $ip, $userAgent and $visitor.mode what is published is what is stored', async stored => {
  const privacy = { path: '/privacy', controls: Buffer.from(''), retention: '90 days' }
  collecting = await startListeningCollector({ collector: { ...stored, privacy } })
  const { fields } = published.parse(await (await fetch(`${collecting.url}/privacy.json`)).json())
  const events = await storedBy(collecting, [full, anonymous, least])
  const everything = new Set(events.flatMap(names => [...names]))
  expect([...everything].sort()).toEqual(fields.map(({ name }) => name).sort())
  const always = fields.filter(({ presence }) => presence === 'always').map(({ name }) => name)
  for (const names of events) expect([...names]).toEqual(expect.arrayContaining(always))
})
