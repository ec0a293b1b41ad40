import { createHmac } from 'node:crypto'

export interface Visit {
  site: string
  address: string
  userAgent: string
  nowMs: number
}

/**
 * A pseudonym of one UTC day and one site: the first 16 base64url characters of HMAC-SHA-256 over day, site, address and
 * user agent. The same for all collectors that share the secret; neither address nor next day's pseudonym follows from it.
 */
export function dailyPseudonym(secret: string | Uint8Array, visit: Visit): string {
  const day = new Date(visit.nowMs).toISOString().slice(0, 10)
  // None of the four can hold a NUL, so no two visits run together.
  const text = [day, visit.site, visit.address, visit.userAgent].join('\0')
  return createHmac('sha256', secret).update(text).digest('base64url').slice(0, 16)
}
