import type { IncomingHttpHeaders } from 'node:http'

/**
 * Whether the browser asks before the visitor does, for a page that may never be seen: `Sec-Purpose` (Fetch, section
 * "Sec-Purpose"; `prefetch;prerender` of Chromium too), and the older `Purpose` of WebKit and `X-Moz` of Firefox.
 */
export function isPrefetch(headers: IncomingHttpHeaders): boolean {
  const purpose = headers['sec-purpose'] ?? headers['purpose'] ?? headers['x-moz']
  return purpose !== undefined && /^\s*prefetch\s*(;|,|$)/i.test(String(purpose))
}
