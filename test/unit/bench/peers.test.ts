import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { SentRequest } from '../../../bench/peers/peer.ts'
import { peers, pickPeers } from '../../../bench/peers/peers.ts'

const request = (body: string | Buffer): SentRequest => ({
  method: 'POST',
  url: '/',
  headers: {},
  body: Buffer.from(body),
})
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64')

const bodies: [peer: string, body: string | Buffer, events: unknown[]][] = [
  [
    'clicktrail',
    '{"site":"s","tab":"t","n":4,"action":"click","events":[{"action":"page_view"},{},{}]}',
    [
      { id: 't-4', action: 'page_view' },
      { id: 't-5', action: 'click' },
      { id: 't-6', action: 'click' },
    ],
  ],
  ['naive-beacon', '{"type":"event","payload":{"website":"w"}}', [{ action: 'page_view' }]],
  ['plausible', '{"n":"click","u":"http://s/","p":{"color":"red"}}', [{ action: 'click' }]],
  ['openpanel', '{"type":"track","payload":{"name":"click"}}', [{ action: 'click' }]],
  [
    'snowplow',
    JSON.stringify({
      data: [
        { e: 'pv', eid: '1' },
        { e: 'ue', eid: '2', ue_px: base64({ data: { schema: 'iglu:com.example/click/jsonschema/1-0-0' } }) },
        { e: 'ue', eid: '3', ue_pr: '{"data":{"schema":"iglu:com.example/buy/jsonschema/1-0-0"}}' },
      ],
    }),
    [
      { id: '1', action: 'pv' },
      { id: '2', action: 'click' },
      { id: '3', action: 'buy' },
    ],
  ],
  ['segment', '{"messageId":"1","type":"page"}', [{ id: '1', action: 'page' }]],
  ['segment', '{"batch":[{"messageId":"2","type":"track","event":"click"}]}', [{ id: '2', action: 'click' }]],
  [
    'mixpanel',
    `data=${encodeURIComponent(base64([{ event: 'click', properties: { $insert_id: '1' } }]))}`,
    [{ id: '1', action: 'click' }],
  ],
  ['posthog', gzipSync('[{"event":"click","uuid":"1"}]'), [{ id: '1', action: 'click' }]],
  ['posthog', `data=${encodeURIComponent(base64({ event: 'click', uuid: '2' }))}`, [{ id: '2', action: 'click' }]],
  ['amplitude', '{"events":[{"event_type":"click","insert_id":"1"}]}', [{ id: '1', action: 'click' }]],
]

test.each(bodies)('finds the events in a request of %s: %s', (name, body, events) => {
  expect(pickPeers(name)[0]?.eventsIn(request(body))).toEqual(events)
})

test.each(peers.map(peer => [peer.name, peer] as const))('finds none in a request of %s without events', (_, peer) => {
  for (const body of ['', '{}', 'data=', '{"site":']) expect(peer.eventsIn(request(body))).toEqual([])
})

test('picks in the order of the table, and names the peers there are for one that is not', () => {
  expect(pickPeers('posthog, clicktrail').map(peer => peer.name)).toEqual(['clicktrail', 'posthog'])
  expect(() => pickPeers('matomo')).toThrow(/no peer matomo.*plausible/)
})
