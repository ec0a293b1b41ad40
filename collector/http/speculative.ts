import type { IncomingHttpHeaders } from 'node:http'

export type SpeculationHeaders = Partial<Pick<IncomingHttpHeaders, 'purpose' | 'sec-purpose' | 'x-moz' | 'x-purpose'>>

/**
 * Whether a browser asks ahead of a visit that may never be: `Sec-Purpose: prefetch` or `prefetch;prerender`
 * (https://wicg.github.io/nav-speculation/prefetch.html#sec-purpose-header), and what browsers sent before it.
 */
export function isSpeculative(headers: SpeculationHeaders): boolean {
  const purpose = headers['sec-purpose'] ?? headers['purpose'] ?? headers['x-purpose'] ?? headers['x-moz']
  return purpose !== undefined && /\b(prefetch|prerender|preview)\b/i.test(String(purpose))
}
