import { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { Context } from 'hono'
import type { Logger } from 'pino'
import { limits } from '../sdk/event.ts'
import type { Sender } from './accept-events.ts'
import { clientAddress } from './address.ts'
import { type Answer, responseOf, statuses } from './answer.ts'
import type { CorsPolicy } from './cors.ts'
import type { Counters } from './counters.ts'
import { headerFault, readBody } from './read-body.ts'

export interface EventsRouteOptions {
  acceptEvents(body: Uint8Array, sender: Sender): Promise<Answer>
  cors: CorsPolicy
  counters: Counters
  logger: Logger
  gpc: 'honor' | 'ignore'
  trustedProxies: number
  bodyTimeoutMs: number
  draining(): boolean
  now(): number
}

const methods = 'POST, OPTIONS'

/** The HTTP side of the events path: origin, method and headers are looked at before the body is. Always answers, faults of ours with a 500. */
export function eventsRoute(options: EventsRouteOptions): (context: Context) => Promise<Response> {
  const { cors, counters, logger } = options
  return async context => {
    const receivedMs = options.now()
    const origin = cors.of(context.req.header('Origin'))
    if (context.req.method === 'OPTIONS' && origin.allowed) {
      return new Response(null, { status: 204, headers: { ...origin.headers, ...cors.preflight, Allow: methods } })
    }
    let answer: Answer
    try {
      answer = refusalOf(context, origin.allowed, options) ?? (await answerTo(context, receivedMs, options))
    } catch (error) {
      logger.error({ err: error }, 'a request failed')
      answer = { outcome: 'internal', message: 'the collector failed: send the events again later' }
    }
    counters.add('collector_requests_answered_total', String(statuses[answer.outcome]))
    return responseOf(answer, origin.headers)
  }
}

/** The answer that needs no body, or undefined. */
function refusalOf(context: Context, originAllowed: boolean, options: EventsRouteOptions): Answer | undefined {
  const { req } = context
  if (!originAllowed) {
    return {
      outcome: 'forbidden',
      message: "the page's Origin may not send events here: list it in CLICKTRAIL_ORIGINS",
    }
  }
  if (req.method !== 'POST') {
    return { outcome: 'method_not_allowed', message: `${req.method} is not for ${req.path}: use POST`, allow: methods }
  }
  if (options.draining()) {
    const message = 'this collector is about to end: send the events again after the seconds in Retry-After'
    return { outcome: 'unavailable', message, retryAfterSeconds: 1, close: true }
  }
  if (options.gpc === 'honor' && req.header('Sec-GPC') === '1') {
    options.counters.add('collector_requests_dropped_total', 'gpc')
    return { outcome: 'acknowledged' }
  }
  const fault = headerFault(req.header('Content-Type'), req.header('Content-Encoding'))
  return fault === undefined ? undefined : { outcome: 'unsupported', message: fault }
}

async function answerTo(context: Context, receivedMs: number, options: EventsRouteOptions): Promise<Answer> {
  const { req } = context
  const incoming = incomingOf(context)
  const stream = incoming ?? (req.raw.body === null ? Readable.from([]) : Readable.fromWeb(req.raw.body))
  const body = await readBody(stream, { maxBytes: limits.bodyBytes, timeoutMs: options.bodyTimeoutMs })
  if (!body.ok) return { outcome: body.refusal, message: body.message, close: body.refusal === 'timeout' }
  return options.acceptEvents(body.bytes, {
    receivedMs,
    ageMs: Number(req.query('age') ?? 0),
    userAgent: req.header('User-Agent'),
    acceptLanguage: req.header('Accept-Language'),
    address: clientAddress(incoming?.socket.remoteAddress, req.header('X-Forwarded-For'), options.trustedProxies),
  })
}

/** Node's own request: its stream and socket cost less than their web counterparts. Absent where no socket is, as in `app.request()`. */
function incomingOf(context: Context): IncomingMessage | undefined {
  const incoming: unknown = context.env?.incoming
  return incoming instanceof IncomingMessage ? incoming : undefined
}
