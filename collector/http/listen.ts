import { createServer, type RequestListener, type Server } from 'node:http'
import { isIPv6, Server as NetServer, type Socket } from 'node:net'
import { getRequestListener, type Http2Bindings, type HttpBindings, RequestError } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Hono } from 'hono'
import type { Logger } from 'pino'
import { type Refusal, type Refused, type Reply, responseOf, writeAnswer } from './answer.ts'
import { answerClientErrors } from './client-error.ts'
import { type Connections, nodesConnections, takeConnections } from './connections.ts'
import type { EventsRequest } from './events-route.ts'
import { httpLimits } from './http-limits.ts'
import { originForm, requestFault } from './request-fault.ts'
import { sharedReads } from './shared-reads.ts'
import { limitSockets } from './sockets.ts'
import type { WaitingRoom } from './waiting-room.ts'

export interface Direct {
  path: string
  /** Serves what Node's parser has read. */
  listener: RequestListener
  /** Serves a plain POST whose body is there. */
  answer(request: EventsRequest): Reply | Promise<Reply | undefined>
  /** Told of each request, for whichever path, that is refused before it is anybody's. */
  answered(outcome: Refusal): void
  /** Where all connections wait for their turn. */
  room: WaitingRoom
}

export interface ListenOptions {
  app: Hono
  /** A path that is served beside the app, without its cost. */
  direct?: Direct
  host: string
  /** 0 takes any free port. */
  port: number
  logger: Logger
  /** The setting that an error about the port names. @default 'CLICKTRAIL_PORT' */
  setting?: string
  /** Open connections. @default 4096 */
  sockets?: number
  /** Requests on one connection. @default 10000 */
  requestsPerSocket?: number
  /** How long the headers of a request may take, milliseconds. @default 5000 */
  headersTimeoutMs?: number
  /** How long a request as a whole may take to arrive, milliseconds. @default 20000 */
  requestTimeoutMs?: number
  /** How long a connection may stand still with a request or an answer half-way, milliseconds. @default 30000 */
  standstillTimeoutMs?: number
  /** How long `close` waits for requests in flight, milliseconds. @default 10000 */
  closeTimeoutMs?: number
}

const defaults = {
  setting: 'CLICKTRAIL_PORT',
  sockets: httpLimits.sockets,
  requestsPerSocket: httpLimits.requestsPerSocket,
  headersTimeoutMs: httpLimits.headersTimeoutMs,
  requestTimeoutMs: httpLimits.requestTimeoutMs,
  standstillTimeoutMs: httpLimits.standstillTimeoutMs,
  closeTimeoutMs: 10_000,
} satisfies Partial<ListenOptions>

export interface Listening {
  /** Where a browser on this machine finds it. */
  url: string
  port: number
  /** Takes no new connection, finishes the requests in flight and closes the idle ones; whatever is open after the timeout is cut. */
  close(): Promise<void>
}

/** Serves an app over HTTP/1.1. Resolves when the port is open; rejects with an Error that names the setting to change. */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { host, port, logger, setting, closeTimeoutMs, ...limits } = { ...defaults, ...options }
  const answered = options.direct?.answered ?? (() => {})
  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: Math.min(1_000, limits.headersTimeoutMs),
      keepAliveTimeout: httpLimits.keepAliveTimeoutMs,
      // Node refuses from this size on.
      maxHeaderSize: httpLimits.headerBytes + 1,
      // Ours closes the connection before what stands behind is served: requestFault.
      requireHostHeader: false,
    },
    listenerOf(options, answered),
  )
  server.maxHeadersCount = 0
  server.timeout = limits.standstillTimeoutMs
  answerClientErrors(server, { answered, standstillTimeoutMs: limits.standstillTimeoutMs })
  // Node's answer would be 417, whatever else is wrong with the request; an expectation may be passed over (RFC 9110 §10.1.1).
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
  server.on('dropRequest', () => answered('connection_spent'))
  const connections = connectionsOf(server, options, limits)
  limitSockets(server, { ...limits, closeIdle: () => connections.closeIdle() }, logger)
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(portError(error, host, port, setting)))
    server.listen(port, host, resolve)
  })
  server.on('error', error => logger.error({ err: error }, 'the HTTP server failed'))
  const address = server.address()
  const open = typeof address === 'object' && address !== null ? address.port : port
  let closed: Promise<void> | undefined
  return {
    url: `http://${reachable(host)}:${open}`,
    port: open,
    close: () => {
      closed ??= closeServer(server, connections, closeTimeoutMs)
      return closed
    },
  }
}

function listenerOf({ app, direct, logger }: ListenOptions, answered: (outcome: Refusal) => void): RequestListener {
  const fetch = async (request: Request, env: HttpBindings | Http2Bindings) => {
    const response = await app.fetch(request, env)
    // A fault in its body was the answer.
    return env.outgoing.headersSent ? RESPONSE_ALREADY_SENT : response
  }
  const rest = getRequestListener(fetch, {
    errorHandler(error) {
      const answer = answerToFailure(error, logger)
      answered(answer.outcome)
      return responseOf(answer)
    },
  })
  /** Connections that end with an answer that is on its way. */
  const ending = new WeakSet<Socket>()
  return (request, response) => {
    const { socket, headers, httpVersion } = request
    // What was pipelined behind the last request of a connection could never be answered: it must not be taken either.
    if (ending.has(socket)) return
    const fault = requestFault(request)
    // Node stops reading behind a request that would upgrade, and closes after most answers to HTTP/1.0.
    if (
      fault !== undefined ||
      headers.upgrade !== undefined ||
      httpVersion === '1.0' ||
      headers.connection === 'close' ||
      response.getHeader('Connection') === 'close'
    ) {
      ending.add(socket)
      response.setHeader('Connection', 'close')
    }
    if (fault !== undefined) {
      answered('bad_request')
      writeAnswer(response, { outcome: 'bad_request', message: fault, close: true }, {})
      return
    }
    const url = originForm(request.url ?? '')
    request.url = url
    return direct !== undefined && isAt(direct.path, url) ? direct.listener(request, response) : rest(request, response)
  }
}

function answerToFailure(error: unknown, logger: Logger): Refused {
  if (error instanceof RequestError) return { outcome: 'bad_request', message: `${error.message}: send another target` }
  logger.error({ err: error }, 'a request failed')
  return { outcome: 'internal', message: 'the server failed: try again later' }
}

/** The connections are taken out of Node's hands where there is something to answer, and this Node lets us. */
function connectionsOf(
  server: Server,
  { direct, logger }: ListenOptions,
  limits: { requestsPerSocket: number; headersTimeoutMs: number; standstillTimeoutMs: number },
): Connections {
  if (direct === undefined) return nodesConnections(server)
  const readShared = sharedReads()
  if (readShared === undefined) {
    const node = process.version
    logger.warn({ node }, 'this Node reads all requests itself, which takes longer: run the one that the README names')
    return nodesConnections(server)
  }
  const { path, answer, room } = direct
  return takeConnections(server, { ...limits, answer, room, readShared, isOurs: target => isAt(path, target) })
}

function isAt(path: string, target: string): boolean {
  return target.startsWith(path) && (target.length === path.length || target[path.length] === '?')
}

function closeServer(server: Server, connections: Connections, timeoutMs: number): Promise<void> {
  return new Promise(resolve => {
    connections.end()
    const idle = setInterval(() => connections.closeIdle(), 50)
    const cut = setTimeout(() => connections.closeAll(), timeoutMs)
    // That of an HTTP server would cut whatever has no request in Node's parser.
    NetServer.prototype.close.call(server, () => {
      clearInterval(idle)
      clearTimeout(cut)
      // Ends its timers.
      server.close(() => resolve())
    })
    connections.closeIdle()
  })
}

function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::' || host === '') return 'localhost'
  return isIPv6(host) ? `[${host}]` : host
}

function portError(error: NodeJS.ErrnoException, host: string, port: number, setting: string): Error {
  const change = `set ${setting} to another port`
  const reasons: Record<string, string> = {
    EADDRINUSE: `port ${port} on ${host} is taken: stop what listens there, or ${change}`,
    EACCES: `port ${port} on ${host} may not be opened by this user: ${change}`,
    EADDRNOTAVAIL: `${host} is no address of this machine: set CLICKTRAIL_HOST to one that is`,
    ENOTFOUND: `${host} is no known host: set CLICKTRAIL_HOST to an address of this machine`,
  }
  return new Error(reasons[error.code ?? ''] ?? `port ${port} on ${host} can't be opened: ${error.message}`, {
    cause: error,
  })
}
