import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { answerTexts } from './answer-texts.ts'
import { createHeldBytes } from './held-bytes.ts'
import { type Line, type LineOptions, serveLine } from './line.ts'
import { takeFromParser } from './node-parser.ts'

type OfEachLine = 'isOurs' | 'answer' | 'room' | 'readShared' | Limit
type Limit = 'requestsPerSocket' | 'headersTimeoutMs' | 'standstillTimeoutMs'

export interface ConnectionsOptions extends Pick<LineOptions, OfEachLine> {
  /** What all connections together may bring while they wait, bytes: beyond it whoever sends on is cut. As much may have come of requests that are not all there: beyond it they are the parser's. @default 64 MiB */
  maxHeldBytes?: number
}

export interface Connections {
  /** Closes those without a request on its way; the ones that had none yet only when all are to end. */
  closeIdle(): void
  closeAll(): void
  /** From now on each answer is its connection's last. */
  end(): void
}

/** Those of a server that keeps them. */
export function nodesConnections(server: Server): Connections {
  return {
    closeIdle: () => server.closeIdleConnections(),
    closeAll: () => server.closeAllConnections(),
    end: () => server.prependListener('request', (_, response) => response.setHeader('Connection', 'close')),
  }
}

/**
 * Reads the connections of a server, and answers plain requests for `answer` itself, at half of what Node's objects cost.
 * Everything else goes to Node's parser. When the parser has answered it, the next plain one is answered here again.
 */
export function takeConnections(server: Server, options: ConnectionsOptions): Connections {
  const { requestsPerSocket, maxHeldBytes = 64 * 1_024 * 1_024 } = options
  const lines = new Map<Socket, Line>()
  let isClosing = false

  server.prependListener('request', (request, response) => {
    if (isClosing || lines.get(request.socket)?.isSpent()) response.setHeader('Connection', 'close')
  })
  const ofAll = {
    ...options,
    // Counts a request before that.
    parser: takeFromParser(server),
    textOf: answerTexts({ requestsPerSocket, now: Date.now }),
    held: createHeldBytes(maxHeldBytes),
    begun: createHeldBytes(maxHeldBytes),
    isClosing: () => isClosing,
    onSilence: (socket: Socket) =>
      server.emit('clientError', Object.assign(new Error('silence'), { code: tooSlow }), socket),
  }
  server.on('connection', socket => {
    lines.set(socket, serveLine(socket, ofAll))
    socket.once('close', () => lines.delete(socket))
  })

  return {
    closeIdle() {
      for (const [socket, line] of lines) if (line.isIdle() && (isClosing || !line.isNew())) socket.destroy()
    },
    closeAll() {
      for (const socket of lines.keys()) socket.destroy()
    },
    end() {
      isClosing = true
    },
  }
}

/** Node's own name for a request that doesn't come. */
const tooSlow = 'ERR_HTTP_REQUEST_TIMEOUT'
