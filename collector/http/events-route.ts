import type { IncomingHttpHeaders } from 'node:http'
import type { Logger } from 'pino'
import { limits } from '../../sdk/event.ts'
import type { Client } from '../accept-events.ts'
import type { Metrics } from '../admin/metrics.ts'
import { clientAddress } from './address.ts'
import { type Answer, overloaded, type Reply } from './answer.ts'
import type { CorsPolicy } from './cors.ts'
import { httpLimits } from './http-limits.ts'
import { type Body, headerFault, type ReadBodyOptions, type Room } from './read-body.ts'
import { isSpeculative, type SpeculationHeaders } from './speculative.ts'

/** A request for the events path, whoever has read it. */
export interface EventsRequest {
  method: string | undefined
  /** Its path and query. */
  target: string
  headers: EventsHeaders
  headerCount: number
  socketAddress: string | undefined
  /**
   * All of its body, which may be written over as soon as the route has returned; or what reads it, and resolves to
   * undefined where the request was answered meanwhile.
   */
  body: Buffer | ((options: ReadBodyOptions) => Promise<Body | undefined>)
}

/** The headers that are looked at, as they came. */
export type EventsHeaders = SpeculationHeaders &
  Partial<
    Pick<
      IncomingHttpHeaders,
      | 'accept-language'
      | 'content-encoding'
      | 'content-type'
      | 'host'
      | 'origin'
      | 'sec-gpc'
      | 'user-agent'
      | 'x-forwarded-for'
    >
  >

export interface EventsRouteOptions {
  acceptEvents(body: Buffer, client: Client): Promise<Answer>
  cors: CorsPolicy
  /** Seconds that a client has to wait before its next request, or undefined. */
  rateLimit(address: string | undefined, nowMs: number): number | undefined
  metrics: Metrics
  logger: Logger
  gpc: 'honor' | 'ignore'
  trustedProxies: number
  bodyTimeoutMs: number
  /** For the bodies that are on their way. */
  room: Room
  /** Whether any events would be refused now, whatever they are. */
  overloaded(): boolean
  draining(): boolean
  now(): number
}

export const eventsMethods = 'POST, OPTIONS'

/**
 * The events path. Origin, method and headers are looked at before the body is. Answers every request, faults of ours with
 * a 500, and at once where no body is needed for it; undefined where the request was answered meanwhile. Never rejects.
 */
export function eventsRoute(
  options: EventsRouteOptions,
): (request: EventsRequest) => Reply | Promise<Reply | undefined> {
  const { cors, metrics, logger, trustedProxies } = options
  return request => {
    const beganMs = performance.now()
    const { headers } = request
    const origin = cors.of(headers.origin)
    try {
      const arrival = {
        receivedMs: options.now(),
        address: addressOf(request, trustedProxies),
        originAllowed: origin.allowed,
      }
      const refusal = refusalOf(request, arrival, options)
      return refusal
        ? replied(refusal)
        : answerTo(request, arrival, options).then(answer => answer && replied(answer), failed)
    } catch (error) {
      return failed(error)
    }

    function replied(answer: Answer): Reply {
      metrics.answered(answer.outcome, (performance.now() - beganMs) / 1_000)
      return { answer, headers: origin.headers }
    }
    function failed(error: unknown): Reply {
      logger.error({ err: error }, 'a request failed')
      return replied({ outcome: 'internal', message: 'the collector failed: send the events again later' })
    }
  }
}

interface Arrival {
  receivedMs: number
  address: string | undefined
  originAllowed: boolean
}

/** The answer that needs no body, or undefined. */
function refusalOf(request: EventsRequest, arrival: Arrival, options: EventsRouteOptions): Answer | undefined {
  const { method, headers, headerCount } = request
  if (headerCount > httpLimits.headers) {
    const message = `the request has ${headerCount} headers, at most ${httpLimits.headers} are allowed: leave some out`
    return { outcome: 'too_many_headers', message }
  }
  if (!arrival.originAllowed) {
    return {
      outcome: 'forbidden',
      message: "the page's Origin may not send events here: list it in CLICKTRAIL_ORIGINS or CLICKTRAIL_SITES_FILE",
    }
  }
  if (method !== 'POST') {
    const { path } = partsOf(request.target)
    return { outcome: 'method_not_allowed', message: `${method} is not for ${path}: use POST`, allow: eventsMethods }
  }
  if (options.draining()) {
    const message = 'this collector is about to end: send the events again after the seconds in Retry-After'
    return { outcome: 'draining', message, retryAfterSeconds: 1, close: true }
  }
  const waitSeconds = options.rateLimit(arrival.address, arrival.receivedMs)
  if (waitSeconds !== undefined) {
    const message =
      'too many requests come from this address: keep the events and send them again after the seconds in Retry-After'
    return { outcome: 'limited', message, retryAfterSeconds: waitSeconds }
  }
  if (options.overloaded()) return overloaded
  if (options.gpc === 'honor' && headers['sec-gpc'] === '1') {
    options.metrics.dropped('gpc')
    return { outcome: 'acknowledged' }
  }
  if (isSpeculative(headers)) {
    options.metrics.dropped('prefetch')
    return { outcome: 'acknowledged' }
  }
  const fault = headerFault(headers['content-type'], headers['content-encoding'])
  return fault === undefined ? undefined : { outcome: 'unsupported', message: fault }
}

function answerTo(request: EventsRequest, arrival: Arrival, options: EventsRouteOptions): Promise<Answer | undefined> {
  const { body } = request
  const client = clientOf(request, arrival)
  return Buffer.isBuffer(body) ? options.acceptEvents(body, client) : answerToRead(body, client, options)
}

async function answerToRead(
  read: Exclude<EventsRequest['body'], Buffer>,
  client: Client,
  options: EventsRouteOptions,
): Promise<Answer | undefined> {
  const body = await read({ maxBytes: limits.bodyBytes, timeoutMs: options.bodyTimeoutMs, room: options.room })
  if (body === undefined) return undefined
  if (body.ok) return options.acceptEvents(body.bytes, client)
  if (body.refusal === 'overloaded') return { ...overloaded, message: body.message, close: true }
  return { outcome: body.refusal, message: body.message, close: body.refusal === 'timeout' }
}

function clientOf({ target, headers }: EventsRequest, { receivedMs, address }: Arrival): Client {
  return {
    receivedMs,
    ageMs: ageOf(target),
    userAgent: headers['user-agent'],
    acceptLanguage: headers['accept-language'],
    address,
    origin: headers.origin,
  }
}

function addressOf({ headers, socketAddress }: EventsRequest, trustedProxies: number): string | undefined {
  const forwardedFor = headers['x-forwarded-for']
  const list = Array.isArray(forwardedFor) ? forwardedFor.join() : forwardedFor
  return clientAddress(socketAddress, list, trustedProxies)
}

/** The path of a request target and its query, each without the question mark. */
export function partsOf(target = ''): { path: string; query: string } {
  const at = target.indexOf('?')
  return at < 0 ? { path: target, query: '' } : { path: target.slice(0, at), query: target.slice(at + 1) }
}

/** How long ago the batch was sealed, milliseconds; NaN for what is no number. */
function ageOf(target: string): number {
  const { query } = partsOf(target)
  return query === '' ? 0 : Number(new URLSearchParams(query).get('age') ?? 0)
}
