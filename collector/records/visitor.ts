import { createHmac } from 'node:crypto'
import { LRUCache } from 'lru-cache'

/** Where a visitor's pseudonym comes from when the browser gives none. */
export type VisitorMode = { mode: 'daily'; secret: string | Uint8Array } | { mode: 'off' }

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

/** Pseudonyms remembered, and the characters of a user agent up to which one is: together a few MB. */
const maxEntries = 10_000
const maxUserAgentChars = 512

/** {@link dailyPseudonym} that remembers: a visitor sends many batches, and the HMAC costs more than all else in reading one. */
export function createPseudonyms(secret: string | Uint8Array): (visit: Visit) => string {
  const cache = new LRUCache<string, string>({ max: maxEntries })
  return visit => {
    const { site, address, userAgent, nowMs } = visit
    if (userAgent.length > maxUserAgentChars) return dailyPseudonym(secret, visit)
    const key = `${Math.floor(nowMs / 86_400_000)}\0${site}\0${address}\0${userAgent}`
    let pseudonym = cache.get(key)
    if (pseudonym === undefined) {
      pseudonym = dailyPseudonym(secret, visit)
      cache.set(key, pseudonym)
    }
    return pseudonym
  }
}
