import { LRUCache } from 'lru-cache'
import { subscriberOf } from './address.ts'

/**
 * The generic cell rate algorithm (ITU-T I.371, annex A): what is remembered of a sender is the one time at which its
 * allowance is full again. `perSecond` requests may come at once, and from then on as many a second. `waitMs` is 0 for a
 * request that may pass, else the milliseconds until one would; a refused one costs nothing. A clock that was set back
 * delays nobody by more than a second.
 */
export function nextRequest(
  fullAtMs: number | undefined,
  { perSecond, nowMs }: { perSecond: number; nowMs: number },
): { fullAtMs: number; waitMs: number } {
  const costMs = 1_000 / perSecond
  const known = Math.min(Math.max(fullAtMs ?? nowMs, nowMs), nowMs + windowMs)
  const waitMs = known + costMs - (nowMs + windowMs)
  return waitMs > toleranceMs ? { fullAtMs: known, waitMs } : { fullAtMs: known + costMs, waitMs: 0 }
}

/** After so long without a request every allowance is full, and nothing need be remembered. */
const windowMs = 1_000
/** More than sums of fractions are off, less than a request. */
const toleranceMs = 1e-3

export interface RateLimitOptions {
  /** Requests a second and address, up to 10,000; 0 for no limit. */
  perSecond: number
  /** Addresses remembered: about 10 MB. @default 65536 */
  maxAddresses?: number
}

/**
 * How many whole seconds a client has to wait before its next request, or undefined where it need not. An IPv6 address
 * counts with its /64, and all requests whose address is not known count together. Memory is bounded: beyond
 * `maxAddresses` the address that has been silent longest is forgotten, which gives it `perSecond` requests more. As an
 * address need not be remembered beyond a second, the limit is exact while fewer than `maxAddresses` come in one; and as
 * each request, a refused one too, makes its address the last to be forgotten, getting around it costs `maxAddresses`
 * requests from as many others.
 */
export function createRateLimit(
  options: RateLimitOptions,
): (address: string | undefined, nowMs: number) => number | undefined {
  const { perSecond, maxAddresses = 65_536 } = options
  if (perSecond === 0) return () => undefined
  const fullAt = new LRUCache<string, number>({ max: maxAddresses })
  let firstMs: number | undefined
  return (address, clockMs) => {
    // Times since the epoch are too large to add a tenth of a millisecond to.
    firstMs ??= clockMs
    const nowMs = clockMs - firstMs
    const sender = address === undefined ? 'unknown' : subscriberOf(address)
    const { fullAtMs, waitMs } = nextRequest(fullAt.get(sender), { perSecond, nowMs })
    fullAt.set(sender, fullAtMs)
    return waitMs > 0 ? Math.ceil(waitMs / 1_000) : undefined
  }
}
