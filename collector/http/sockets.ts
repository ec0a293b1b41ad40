import type { Server } from 'node:http'
import type { Logger } from 'pino'

export interface SocketLimits {
  /** Open connections. */
  sockets: number
  requestsPerSocket: number
  /** Closes the connections that rest. */
  closeIdle(): void
}

/** How full it is when idle connections are closed to make room. */
const crowdedShare = 7 / 8
/** How long the idle are not looked for again, milliseconds: where all are busy the search finds nothing. */
const searchEveryMs = 100
/** How often the log says that connections are refused, milliseconds. */
const reportEveryMs = 10_000

/**
 * Bounds the connections of a server and the requests of each. A visitor's connection stays open for a minute of silence,
 * so where they become many the idle ones go first: a browser opens another without telling the page. Where none is idle,
 * a new one is closed unanswered, which the SDK takes for no answer and tries again; the log says how many.
 */
export function limitSockets(server: Server, limits: SocketLimits, logger: Logger): void {
  const { sockets, requestsPerSocket, closeIdle } = limits
  let open = 0
  let searchedMs = Number.NEGATIVE_INFINITY
  let reportedMs = Number.NEGATIVE_INFINITY
  let refused = 0
  server.maxConnections = sockets
  server.maxRequestsPerSocket = requestsPerSocket
  server.on('connection', socket => {
    open++
    socket.once('close', () => open--)
    if (open >= sockets * crowdedShare) makeRoom()
  })
  server.on('drop', () => {
    refused++
    makeRoom()
    const nowMs = performance.now()
    if (nowMs - reportedMs < reportEveryMs) return
    reportedMs = nowMs
    logger.warn({ refused, sockets }, 'connections are refused: as many as there may be are open, and none is idle')
    refused = 0
  })

  function makeRoom(): void {
    const nowMs = performance.now()
    if (nowMs - searchedMs < searchEveryMs) return
    searchedMs = nowMs
    closeIdle()
  }
}
