import type { IncomingHttpHeaders } from 'node:http'

/**
 * Whether a browser asks ahead of a visit that may never be: `Sec-Purpose: prefetch` or `prefetch;prerender`
 * (https://wicg.github.io/nav-speculation/prefetch.html#sec-purpose-header), and what browsers sent before it.
 */
export function isSpeculative(headers: IncomingHttpHeaders): boolean {
  const purpose = headers['sec-purpose'] ?? headers['purpose'] ?? headers['x-purpose'] ?? headers['x-moz']
  return purpose !== undefined && /\b(prefetch|prerender|preview)\b/i.test(String(purpose))
}
