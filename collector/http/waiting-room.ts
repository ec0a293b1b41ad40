import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { createTurns } from './turns.ts'
import { type WholeRequest, wholeRequest } from './whole-request.ts'

export interface WaitingRoomOptions {
  /** Whether events would be refused anyway. */
  overloaded(): boolean
  /** The bytes of the whole answer, as latin1, to a request that is refused unread; undefined where it is to be read all the same. */
  refusal(request: WholeRequest): string | undefined
  /** While less waits nobody is refused, as a process may stand still for reasons of its own, bytes. @default 512 KiB */
  freeBytes?: number
  /** A connection goes through the room once work has kept it waiting for so long, milliseconds. @default 100 */
  pressedMs?: number
  /** A clock, milliseconds. @default performance.now */
  now?: () => number
}

export interface WaitingRoom {
  /** Whether the request that the parser is at came when the room was full, so that its caller has to refuse it. */
  turnsAway(): boolean
  /** From now on the connections of this server go through the room. */
  guard(server: Server): void
}

/** No more are let in than can expect their turn within so many milliseconds. */
const patienceMs = 100
/** Whoever had so many before him tells how long one takes. */
const tellingPlaces = 32
/** When so much waits, no more is let in, bytes. */
const maxBytes = 32 * 1_024 * 1_024

/** One connection: what it has brought and not yet handed on, and how far its requests are. */
interface Line {
  socket: Socket
  /** To the parser; whether it takes more. */
  push(chunk: Buffer | null): boolean
  /** In the queue. */
  waiting: number
  /** Out of the queue, while the parser has paused. */
  held: (Buffer | null)[]
  /** What was handed on last, if it was whole; the parser says whether it saw the same. */
  last: WholeRequest | undefined
  /** Whether the parser stands between two requests when all are answered. */
  whole: boolean
  /** Requests that the parser has seen and that aren't answered. */
  open: number
}

interface Waiting {
  line: Line
  /** null for the end of what the client sends. */
  chunk: Buffer | null
  sinceMs: number
  /** How many were in the queue with it when it came. */
  place: number
}

/**
 * Keeps a server polite when more comes in than it can work on. Node reads and works on every connection that has
 * something, in one go, before it looks again, so that at twice the load everybody waits for seconds. Here work is done in
 * turns of a few milliseconds; what comes in meanwhile waits for the next turn, first come, first served, and when one more
 * would have to wait for too long, new requests are refused at once: before they are parsed, as refusing by way of
 * node:http costs half as much as taking, and nothing would be left at twice the load. A server that keeps up never waits.
 *
 * Node's parser reads connections itself, at less cost, so one goes through the room only once it was kept waiting.
 * What is not plainly one request, and any that follows one not yet answered, is never refused here.
 */
export function createWaitingRoom({
  overloaded,
  refusal,
  freeBytes = 512 * 1_024,
  pressedMs = 100,
  now = () => performance.now(),
}: WaitingRoomOptions): WaitingRoom {
  const queue: Waiting[] = []
  let queuedBytes = 0
  const turns = createTurns({ now, isWaiting: () => queue.length > 0, workOnOne })
  /** What one in the queue takes, with all that is done between, as the last ones had to wait. */
  let msEach = 0
  let turningAway = false
  /** Of the request that the parser is at. */
  let cameTooLate = false

  function full(): boolean {
    return queuedBytes >= freeBytes && (queuedBytes > maxBytes || queue.length * msEach > patienceMs)
  }

  function arrive(line: Line, chunk: Buffer | null): boolean {
    if (line.waiting === 0 && line.held.length === 0) {
      if (full() || overloaded()) return refuse(line, chunk) || turnAway(line, chunk)
      if (queue.length === 0 && turns.hasTime()) return handOn(line, chunk)
    }
    queuedBytes += chunk?.length ?? 0
    queue.push({ line, chunk, sinceMs: now(), place: queue.length + 1 })
    line.waiting++
    // One chunk of a connection may wait; behind it nothing more is read.
    return line.waiting === 1
  }

  function refuse(line: Line, chunk: Buffer | null): boolean {
    const { socket, whole, open } = line
    if (chunk === null || !whole || open > 0 || socket.writableNeedDrain) return false
    const request = wholeRequest(chunk)
    const answer = request && refusal(request)
    if (answer === undefined) return false
    socket.write(answer, 'latin1')
    return true
  }

  function turnAway(line: Line, chunk: Buffer | null): boolean {
    turningAway = true
    const more = handOn(line, chunk)
    turningAway = false
    return more
  }

  function handOn(line: Line, chunk: Buffer | null): boolean {
    // A paused stream would go on reading into its buffer, and a client that never reads its answers would stay for ever.
    if (line.held.length > 0 || line.socket.isPaused()) {
      line.held.push(chunk)
      return false
    }
    line.last = chunk === null ? undefined : wholeRequest(chunk)
    line.whole = false
    return line.push(chunk)
  }

  function letGo(line: Line): void {
    for (const chunk of line.held.splice(0)) handOn(line, chunk)
  }

  /** Whether whoever is looked at now has been kept waiting, or would be refused anyway. */
  function isPressed(): boolean {
    return turns.ageMs() >= pressedMs || overloaded()
  }

  /** Takes a connection out of the parser's hands. */
  function lineOf(socket: Socket): Line {
    const push = socket.push.bind(socket)
    const line: Line = { socket, push, waiting: 0, held: [], last: undefined, whole: false, open: 0 }
    // Whoever listens for data has it read as a stream, by push.
    socket.on('data', () => {})
    socket.on('resume', () => letGo(line))
    socket.push = chunk => arrive(line, chunk)
    return line
  }

  function workOnOne(): void {
    const next = queue.shift()
    if (next === undefined) return
    const { line, chunk, sinceMs, place } = next
    if (place >= tellingPlaces) msEach = (now() - sinceMs) / place
    queuedBytes -= chunk?.length ?? 0
    line.waiting--
    if (!line.socket.destroyed) handOn(line, chunk)
  }

  return {
    turnsAway: () => cameTooLate,
    guard(server) {
      const lines = new WeakMap<Socket, Line>()
      server.prependListener('request', (request, response) => {
        const { socket } = request
        const known = lines.get(socket)
        cameTooLate = known === undefined ? full() : turningAway
        const line = known ?? (isPressed() ? lineOf(socket) : undefined)
        if (line === undefined) return
        lines.set(socket, line)
        line.whole = line.last !== undefined && isSame(line.last, request)
        line.last = undefined
        line.open++
        response.once('finish', () => line.open--)
      })
    },
  }
}

/** Whether the parser has read the request, and nothing before it. */
function isSame({ method, target, head }: WholeRequest, request: IncomingMessage): boolean {
  const lines = head.split('\r\n').length - 2
  return request.method === method && request.url === target && request.rawHeaders.length === 2 * lines
}
