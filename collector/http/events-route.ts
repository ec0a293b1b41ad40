import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { limits } from '../../sdk/event.ts'
import type { Client } from '../accept-events.ts'
import type { Metrics } from '../admin/metrics.ts'
import { clientAddress } from './address.ts'
import { type Answer, overloaded, writeAnswer } from './answer.ts'
import type { CorsPolicy } from './cors.ts'
import { httpLimits } from './http-limits.ts'
import { headerFault, type Room, readBody } from './read-body.ts'
import { isSpeculative } from './speculative.ts'

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

const methods = 'POST, OPTIONS'

/**
 * The HTTP side of the events path, on Node's own request and response: their web counterparts cost as much again as all
 * that is done here. Origin, method and headers are looked at before the body is. Always answers, faults of ours with a 500.
 */
export function eventsRoute(
  options: EventsRouteOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { cors, metrics, logger } = options
  return async (request, response) => {
    const beganMs = performance.now()
    const receivedMs = options.now()
    const origin = cors.of(request.headers.origin)
    if (request.method === 'OPTIONS' && origin.allowed) {
      response.writeHead(204, { ...origin.headers, ...cors.preflight, Allow: methods }).end()
      return
    }
    let answer: Answer
    try {
      const address = addressOf(request, options.trustedProxies)
      const arrival = { receivedMs, address, originAllowed: origin.allowed }
      answer = refusalOf(request, arrival, options) ?? (await answerTo(request, arrival, options))
    } catch (error) {
      logger.error({ err: error }, 'a request failed')
      answer = { outcome: 'internal', message: 'the collector failed: send the events again later' }
    }
    // A fault in its body was the answer.
    if (response.headersSent) return
    metrics.answered(answer.outcome, (performance.now() - beganMs) / 1_000)
    writeAnswer(response, answer, origin.headers)
  }
}

interface Arrival {
  receivedMs: number
  address: string | undefined
  originAllowed: boolean
}

/** The answer that needs no body, or undefined. */
function refusalOf(request: IncomingMessage, arrival: Arrival, options: EventsRouteOptions): Answer | undefined {
  const { method, headers, rawHeaders } = request
  if (rawHeaders.length > 2 * httpLimits.headers) {
    const message = `the request has ${rawHeaders.length / 2} headers, at most ${httpLimits.headers} are allowed: leave some out`
    return { outcome: 'too_many_headers', message }
  }
  if (!arrival.originAllowed) {
    return {
      outcome: 'forbidden',
      message: "the page's Origin may not send events here: list it in CLICKTRAIL_ORIGINS or CLICKTRAIL_SITES_FILE",
    }
  }
  if (method !== 'POST') {
    const { path } = partsOf(request.url)
    return { outcome: 'method_not_allowed', message: `${method} is not for ${path}: use POST`, allow: methods }
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

async function answerTo(request: IncomingMessage, arrival: Arrival, options: EventsRouteOptions): Promise<Answer> {
  const { headers } = request
  const body = await readBody(request, {
    maxBytes: limits.bodyBytes,
    timeoutMs: options.bodyTimeoutMs,
    room: options.room,
  })
  if (!body.ok && body.refusal === 'overloaded') return { ...overloaded, message: body.message, close: true }
  if (!body.ok) return { outcome: body.refusal, message: body.message, close: body.refusal === 'timeout' }
  return options.acceptEvents(body.bytes, {
    receivedMs: arrival.receivedMs,
    ageMs: ageOf(request.url),
    userAgent: headers['user-agent'],
    acceptLanguage: headers['accept-language'],
    address: arrival.address,
    origin: headers.origin,
  })
}

function addressOf({ headers, socket }: IncomingMessage, trustedProxies: number): string | undefined {
  const forwardedFor = headers['x-forwarded-for']
  const list = Array.isArray(forwardedFor) ? forwardedFor.join() : forwardedFor
  return clientAddress(socket.remoteAddress, list, trustedProxies)
}

/** The path of a request target and its query, each without the question mark. */
export function partsOf(target = ''): { path: string; query: string } {
  const at = target.indexOf('?')
  return at < 0 ? { path: target, query: '' } : { path: target.slice(0, at), query: target.slice(at + 1) }
}

/** How long ago the batch was sealed, milliseconds; NaN for what is no number. */
function ageOf(target: string | undefined): number {
  const { query } = partsOf(target)
  return query === '' ? 0 : Number(new URLSearchParams(query).get('age') ?? 0)
}
