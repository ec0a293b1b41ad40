import type { Hono } from 'hono'
import type { Logger } from 'pino'
import type { TopicWriter } from '../topic/topic.ts'
import { createAcceptEvents } from './accept-events.ts'
import { createAdmin } from './admin/admin.ts'
import { createMetrics, type Metrics } from './admin/metrics.ts'
import { type Readiness, readiness } from './admin/readiness.ts'
import type { Reply } from './http/answer.ts'
import { corsPolicy } from './http/cors.ts'
import { eventsListener } from './http/events-listener.ts'
import { type EventsRequest, eventsRoute } from './http/events-route.ts'
import { createInFlight } from './http/in-flight.ts'
import type { Direct } from './http/listen.ts'
import { createRateLimit } from './http/rate-limit.ts'
import { createScriptApp } from './http/script-app.ts'
import { originsOf, type Sites, siteRule } from './http/sites.ts'
import { createWaitingRoom } from './http/waiting-room.ts'
import { type PrivacyOptions, privacyDocuments } from './privacy/documents.ts'
import { createUserAgentParser } from './records/user-agent.ts'
import { createPseudonyms, type VisitorMode } from './records/visitor.ts'
import { createBatcher } from './sending/batcher.ts'
import type { Spool } from './spool/spool.ts'

export interface CollectorOptions {
  /** Where the records go. It stays the caller's, who closes it after the collector. */
  writer: TopicWriter
  /** Takes what the topic doesn't, made with the same writer; closed with the collector. @default none: such requests are answered with 503 */
  spool?: Spool | undefined
  /** The SDK's bytes, served at `scriptPath`. */
  script: Uint8Array
  /** The bytes of the SDK that explains itself, served beside it: at `/clicktrail.debug.js`. @default none, 404 */
  debugScript?: Uint8Array | undefined
  logger: Logger
  /** Where it counts; `/metrics` shows them. @default some of its own, without those of the process */
  metrics?: Metrics
  /** Allow-list of origins: `*`, exact, `*.domain`, `null`. @default ['*'] */
  origins?: readonly string[]
  /** The sites that may send, each from its own origins, or from `origins`. @default any */
  sites?: Sites | undefined
  /** @default '/v1/events' */
  eventsPath?: string
  /** @default '/clicktrail.js' */
  scriptPath?: string
  /** What tells visitors what is stored, and lets them refuse. @default none: nothing tells */
  privacy?: PrivacyOptions | undefined
  /** Whether the network of the client's address is written. @default 'off' */
  ip?: 'off' | 'cut'
  /** Whether the User-Agent header is written as it came. @default 'keep' */
  userAgent?: 'keep' | 'drop'
  /** What `Sec-GPC: 1` does: `honor` drops the request. @default 'honor' */
  gpc?: 'honor' | 'ignore'
  /** @default { mode: 'off' } */
  visitor?: VisitorMode
  /** Own proxies in front, hops counted from the right of X-Forwarded-For. @default 0 */
  trustedProxies?: number
  /** Requests a second and client address, up to 10,000; beyond it they are refused with 429. 0 for no limit. @default 0 */
  rateLimit?: number
  /** Bytes of records that may be on their way, and of bodies; beyond it requests are refused with 503. @default 64 MiB */
  maxInFlightBytes?: number
  /** How long the topic may take to acknowledge, milliseconds. @default 5000 */
  deadlineMs?: number
  /** How long a body may take to arrive, milliseconds. @default 10000 */
  bodyTimeoutMs?: number
  /** The clock, milliseconds since the epoch. @default Date.now */
  now?: () => number
}

const defaults = {
  origins: ['*'],
  eventsPath: '/v1/events',
  scriptPath: '/clicktrail.js',
  ip: 'off',
  userAgent: 'keep',
  gpc: 'honor',
  visitor: { mode: 'off' },
  trustedProxies: 0,
  rateLimit: 0,
  maxInFlightBytes: 64 * 1_024 * 1_024,
  deadlineMs: 5_000,
  bodyTimeoutMs: 10_000,
  now: Date.now,
} satisfies Omit<CollectorOptions, 'writer' | 'script' | 'logger'>

/** How long `close` waits for requests whose body is still on its way, milliseconds; the deadline of the batches comes on top. */
const closeGraceMs = 1_500
/** How long the answers may then take, milliseconds. */
const answerGraceMs = 500

export interface Collector {
  /** The events path, and what serves it. */
  events: Direct
  /** The scripts and a 404 for all else. */
  app: Hono
  /** `/livez`, `/readyz`, `/metrics`, for a port of their own. */
  admin: Hono
  /** Begins to wait for the topic and resolves at once: until the topic is known, `/readyz` is 503 and events go to the spool, or are refused with 503. */
  start(): Promise<void>
  /**
   * Refuses new requests with 503, finishes those in flight, and resolves when every one is answered: within 2 s + `deadlineMs`,
   * or 4 s with a spool.
   */
  close(): Promise<void>
}

/** HTTP in, records out: answers 2xx only after the topic's acknowledgement. Throws an Error for an origin that can't be read. */
export function createCollector(options: CollectorOptions): Collector {
  const { writer, spool, script, debugScript, logger, eventsPath, scriptPath, privacy, ...settings } = {
    ...defaults,
    ...options,
  }
  const { metrics = createMetrics() } = options
  const { origins, sites, rateLimit, userAgent, visitor, ip, deadlineMs, maxInFlightBytes, now, ...http } = settings
  const inFlight = createInFlight()
  const { observeSend } = metrics
  const batcher = createBatcher({ writer, spool, logger, deadlineMs, maxInFlightBytes, observeSend })
  metrics.watch({
    queueBytes: batcher.inFlightBytes,
    sendsInFlight: batcher.sendsInFlight,
    breaker: () => (writer.partitions() === 0 ? 'open' : batcher.breaker()),
    partitions: () => writer.partitions(),
    spool: () => spool?.figures(),
  })
  const parseUserAgent = createUserAgentParser({ original: userAgent })
  const pseudonymOf = visitor.mode === 'daily' ? createPseudonyms(visitor.secret) : undefined
  const refusalOfSite = siteRule(sites, origins)
  const acceptEvents = createAcceptEvents({ writer, batcher, metrics, parseUserAgent, pseudonymOf, ip, refusalOfSite })
  let started = false
  let draining = false
  const cors = corsPolicy(originsOf(sites, origins))
  const { answered } = metrics
  const room = createWaitingRoom()
  const route = eventsRoute({
    ...http,
    acceptEvents,
    cors,
    rateLimit: createRateLimit({ perSecond: rateLimit }),
    metrics,
    logger,
    room: { bytes: maxInFlightBytes },
    overloaded: () => room.turnsAway() || batcher.overloaded(),
    draining: () => draining,
    now,
  })

  const told = { ip, userAgent, visitor: visitor.mode, gpc: settings.gpc, scriptPath }
  const documents = privacy ? privacyDocuments(privacy, told) : []
  const { app, immutable } = createScriptApp({ script, debugScript, scriptPath, eventsPath, documents, answered })

  function answer(request: EventsRequest): Reply | Promise<Reply | undefined> {
    const reply = route(request)
    return reply instanceof Promise ? inFlight.run(() => reply) : reply
  }

  return {
    events: {
      path: eventsPath,
      listener: eventsListener({ cors, route: answer }),
      answer,
      answered,
      room,
    },
    app,
    admin: createAdmin({ readiness: ready, metrics }),
    async start() {
      started = true
      logger.info({ script: scriptPath, immutable, events: eventsPath }, 'the paths on the public port')
      logger.info({ topic: writer.topic }, 'waiting for the topic')
      writer.ready().then(
        () => logger.info({ topic: writer.topic, partitions: writer.partitions() }, 'the topic is known'),
        error => {
          if (!draining) logger.error({ err: error, topic: writer.topic }, 'the topic will not become known')
        },
      )
    },
    async close() {
      draining = true
      await inFlight.idle(closeGraceMs)
      await batcher.close()
      await spool?.close()
      await inFlight.idle(answerGraceMs)
    },
  }

  function ready(): Readiness {
    const { topic } = writer
    const topicAway = batcher.topicAway()
    const trouble = batcher.trouble()
    const partitions = writer.partitions()
    return readiness({ started, draining, topic, partitions, topicAway, trouble, spool: spool?.state() ?? 'off' })
  }
}
