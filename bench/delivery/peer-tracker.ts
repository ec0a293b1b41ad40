import { textOf } from '../peers/decode.ts'
import type { Peer, SentRequest } from '../peers/peer.ts'
import type { Arrival } from './collector.ts'
import type { Tracker } from './tracker.ts'

const mark = /mark-[0-9a-z]+(?:-[0-9a-z]+)+/g
const encoded = /[\w+/-]{40,}/g

/** A peer of the benches as the lab takes it. */
export function peerTracker(peer: Peer): Tracker {
  return {
    name: peer.name,
    version: peer.version,
    script: endpoint => peer.script(endpoint),
    attributes: endpoint => peer.attributes?.(endpoint) ?? {},
    countsClicks: peer.countsClicks ?? false,
    marksIn,
    eventsIn: arrival => peer.eventsIn(requestOf(arrival)),
    reply: arrival => (peer.answer ? peer.answer(requestOf(arrival)) : { status: 200 }),
  }
}

/** Every mark in a request once, whether it stands there plain, percent-encoded, in base64 or gzipped. */
export function marksIn(arrival: Arrival): string[] {
  const text = `${arrival.url}\n${textOf(requestOf(arrival))}`
  const plain = text.replace(/%[0-9a-f]{2}/gi, escaped => String.fromCharCode(Number.parseInt(escaped.slice(1), 16)))
  const inside = [...plain.matchAll(encoded)].map(([run]) => Buffer.from(run, 'base64').toString())
  return [...new Set([plain, ...inside].flatMap(part => part.match(mark) ?? []))]
}

function requestOf({ method, url, headers, body }: Arrival): SentRequest {
  const single = Object.entries(headers).map(([name, value]) => [name, String(value)])
  return { method, url, headers: Object.fromEntries(single), body }
}
