import { z } from 'zod'
import { bundleScript } from './bundle.ts'
import { jsonOf } from './decode.ts'
import type { Peer } from './peer.ts'

const request = z.object({ payload: z.object({ name: z.string().optional() }) })

/** What Umami's script does: a request an event, sent at once and forgotten. */
export const naiveBeacon: Peer = {
  name: 'naive-beacon',
  version: '-',
  claims: 'one keepalive fetch an event, as Umami does; no retry, no persistence',
  script: endpoint =>
    bundleScript(`const { screen, navigator, location, document, history } = window
let url = location.href, referrer = document.referrer
const send = (name, data) => fetch('${endpoint}/api/send', {
  keepalive: true, method: 'POST', headers: { 'Content-Type': 'application/json' }, credentials: 'omit',
  body: JSON.stringify({ type: 'event', payload: {
    website: '00000000-0000-4000-8000-000000000000', screen: screen.width + 'x' + screen.height,
    language: navigator.language, title: document.title, hostname: location.hostname, url, referrer, name, data } }),
}).catch(() => {})
const moved = method => {
  const original = history[method]
  history[method] = function (...args) {
    const result = original.apply(this, args)
    if (location.href !== url) { referrer = url; url = location.href; setTimeout(send, 300) }
    return result
  }
}
moved('pushState'); moved('replaceState')
const start = () => document.readyState === 'complete' && send()
document.addEventListener('readystatechange', start); start()
window.peer = { track: send }`),
  eventsIn(sent) {
    const event = jsonOf(sent, request)
    return event ? [{ id: undefined, action: event.payload.name ?? 'page_view' }] : []
  },
}
