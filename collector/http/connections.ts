import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Reply } from './answer.ts'
import { answerTexts, encodingOf } from './answer-texts.ts'
import type { EventsRequest } from './events-route.ts'
import { httpLimits } from './http-limits.ts'
import { type Line, newLine } from './line.ts'
import { takeFromParser } from './node-parser.ts'
import { type PlainRequest, plainRequest } from './plain-request.ts'
import type { ReadShared } from './shared-reads.ts'
import type { WaitingRoom } from './waiting-room.ts'

export interface ConnectionsOptions {
  /** Whether a POST to this target is for `answer`. */
  isOurs(target: string): boolean
  /** Answers one without Node's objects. Never rejects. */
  answer(request: EventsRequest): Reply | Promise<Reply | undefined>
  /** Where they wait for their turn. */
  room: WaitingRoom
  readShared: ReadShared
  /** As in ListenOptions. */
  requestsPerSocket: number
  headersTimeoutMs: number
  standstillTimeoutMs: number
  /** What all connections together may bring while they wait, bytes: beyond it whoever sends on is cut. @default 64 MiB */
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
 * Everything else goes to Node's parser: other paths, and whatever is not exactly one plain request on a connection that is
 * known to be between two. When the parser has answered it, the next plain one is answered here again.
 */
export function takeConnections(server: Server, options: ConnectionsOptions): Connections {
  const { isOurs, answer, room, readShared, requestsPerSocket, headersTimeoutMs, standstillTimeoutMs } = options
  const { maxHeldBytes = 64 * 1_024 * 1_024 } = options
  const lines = new Map<Socket, Line>()
  const textOf = answerTexts({ requestsPerSocket, now: Date.now })
  let heldBytes = 0
  let isClosing = false

  function accept(socket: Socket): void {
    const line: Line = newLine(
      socket,
      parser.sideOf(socket, () => goOn(line)),
    )
    lines.set(socket, line)
    readShared(socket, bytes => arrive(line, bytes))
    // Node tells the end of what a client sends in this way.
    socket.push = end => arrive(line, end)
    socket.setTimeout(headersTimeoutMs)
    // What came while the process stood still is read before immediates run.
    socket.on('timeout', () => setImmediate(giveUp, line, socket.bytesRead))
    socket.on('error', () => {})
    socket.once('close', () => forget(line))
  }

  /** Whether more may be read. */
  function arrive(line: Line, bytes: Buffer | null): boolean {
    if (line.isEnding) return false
    if (line.held.length > 0 || line.isAnswering) {
      hold(line, bytes)
      if (heldBytes > maxHeldBytes) line.socket.destroy()
      line.isStopped = true
      return false
    }
    if (room.isFull()) {
      const more = room.turnAway(() => work(line, bytes))
      if (!more || !room.hasSeenEnough()) return more
      // It is left alone for a while, so that others get their turn.
      line.isStopped = true
      room.atNext(() => goOn(line))
      return false
    }
    if (room.hasTime()) return work(line, bytes)
    hold(line, bytes)
    room.enter(bytes?.length ?? 0, () => goOn(line))
    return true
  }

  function hold(line: Line, bytes: Buffer | null): void {
    heldBytes += bytes?.length ?? 0
    line.held.push(bytes && Buffer.from(bytes))
  }

  function forget(line: Line): void {
    lines.delete(line.socket)
    for (const bytes of line.held.splice(0)) heldBytes -= bytes?.length ?? 0
  }

  /** Works on what a connection has brought while it waited, and reads on. */
  function goOn(line: Line): void {
    const { socket, held } = line
    // A paused stream would keep it in its own buffer, and a client that never reads its answers would stay for ever.
    const isBusy = () => line.isAnswering || line.isEnding || socket.isPaused() || socket.destroyed
    while (held.length > 0 && !isBusy()) {
      const bytes = held.shift() ?? null
      heldBytes -= bytes?.length ?? 0
      work(line, bytes)
    }
    if (!line.isStopped || isBusy()) return
    line.isStopped = false
    socket.resume()
  }

  function work(line: Line, bytes: Buffer | null): boolean {
    const { parser, socket } = line
    if (bytes === null) return parser.isOpen ? parser.feed(null, undefined) : end(line)
    // A line break between two requests says nothing (RFC 9112 §2.2).
    if (isBlank(bytes) && parser.isBetween()) return true
    const request = plainRequest(bytes, line.known)
    if (request === undefined) return parser.feed(bytes, undefined)
    line.known = request.head
    const isForUs = request.method === 'POST' && isOurs(request.target)
    return isForUs && parser.isBetween() && socket.writable ? answerPlain(line, request) : parser.feed(bytes, request)
  }

  function answerPlain(line: Line, request: PlainRequest): boolean {
    const { socket } = line
    const { method, target, head, lineCount, body } = request
    if (line.requests === 0 && !line.parser.isOpen) socket.setTimeout(httpLimits.keepAliveTimeoutMs)
    line.requests++
    line.isAnswering = true
    const { headers } = head
    const socketAddress = socket.remoteAddress
    const reply = answer({ method, target, headers, headerCount: lineCount, socketAddress, body })
    if (reply instanceof Promise) void reply.then(reply => send(line, reply))
    else send(line, reply)
    return !line.isEnding
  }

  function send(line: Line, reply: Reply | undefined): void {
    const { socket } = line
    line.isAnswering = false
    if (reply === undefined || socket.destroyed) return
    const { answer } = reply
    const isLast = isClosing || isSpent(line) || ('close' in answer && answer.close === true)
    const text = textOf(reply, isLast)
    if (isLast) end(line, text)
    else if (socket.write(text, encodingOf(answer))) goOn(line)
    else awaitDrain(line)
  }

  /** A client that doesn't read its answers gets no more of them. */
  function awaitDrain(line: Line): void {
    const { socket } = line
    line.isAnswering = true
    socket.setTimeout(standstillTimeoutMs)
    socket.once('drain', () => {
      line.isAnswering = false
      socket.setTimeout(httpLimits.keepAliveTimeoutMs)
      goOn(line)
    })
  }

  function isSpent({ requests, parser }: Line): boolean {
    return requests > 0 && requests + parser.requests >= requestsPerSocket
  }

  function end(line: Line, text = ''): false {
    line.isEnding = true
    line.socket.setTimeout(standstillTimeoutMs)
    line.socket.end(text)
    line.socket.destroySoon()
    return false
  }

  /** Of a connection that stood still, unless more came in: the parser sees to those that it knows. */
  function giveUp(line: Line, bytesBefore: number): void {
    const { socket, requests, parser } = line
    if (parser.isOpen || socket.destroyed || socket.bytesRead > bytesBefore) return
    line.isEnding = true
    if (requests === 0) server.emit('clientError', Object.assign(new Error('silence'), { code: tooSlow }), socket)
    else socket.destroy()
  }

  function isIdle({ held, isAnswering, isEnding, parser }: Line): boolean {
    return held.length === 0 && !isAnswering && !isEnding && parser.isIdle()
  }

  server.prependListener('request', (request, response) => {
    const line = lines.get(request.socket)
    if (isClosing || (line && isSpent(line))) response.setHeader('Connection', 'close')
  })
  // Counts the request before that.
  const parser = takeFromParser(server)
  server.on('connection', accept)

  return {
    closeIdle() {
      for (const line of lines.values()) {
        const isNew = line.requests + line.parser.requests === 0
        if (isIdle(line) && (isClosing || !isNew)) line.socket.destroy()
      }
    },
    closeAll() {
      for (const { socket } of lines.values()) socket.destroy()
    },
    end() {
      isClosing = true
    },
  }
}

/** Node's own name for a request that doesn't come. */
const tooSlow = 'ERR_HTTP_REQUEST_TIMEOUT'

function isBlank(bytes: Buffer): boolean {
  return bytes.length <= 2 && bytes.every(byte => byte === 0x0d || byte === 0x0a)
}
