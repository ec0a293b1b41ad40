import type { Socket } from 'node:net'
import type { Held, HeldBytes } from './held-bytes.ts'
import { httpLimits } from './http-limits.ts'
import type { NodeParser } from './node-parser.ts'
import { createPieces } from './pieces.ts'
import { type PlainAnswersOptions, plainAnswers } from './plain-answers.ts'
import { type PlainHead, type PlainRequest, plainRequest } from './plain-request.ts'
import type { ReadShared } from './shared-reads.ts'
import type { WaitingRoom } from './waiting-room.ts'

export interface LineOptions extends PlainAnswersOptions {
  /** Whether a POST to this target is for `answer`. */
  isOurs(target: string): boolean
  /** Where they wait for their turn. */
  room: WaitingRoom
  readShared: ReadShared
  parser: NodeParser
  /** What they wait with, and what has come of requests that are not all there. */
  held: HeldBytes
  begun: HeldBytes
  /** Whether each answer is its connection's last. */
  isClosing(): boolean
  /** Somebody has said nothing for too long, and gets told so. */
  onSilence(socket: Socket): void
  /** As in ListenOptions. */
  requestsPerSocket: number
  headersTimeoutMs: number
}

/** One connection. */
export interface Line {
  /** Whether it has brought no request yet. */
  isNew(): boolean
  /** Whether no request is on its way. */
  isIdle(): boolean
  /** Whether it has carried as many requests as one may. */
  isSpent(): boolean
}

/**
 * Reads a connection and answers its plain requests. Everything else goes to Node's parser: other paths, and whatever is not
 * exactly one plain request, alone, on a connection that is known to be between two.
 */
export function serveLine(socket: Socket, options: LineOptions): Line {
  const { isOurs, room, readShared, held, begun, isClosing, onSilence, requestsPerSocket, headersTimeoutMs } = options
  const parser = options.parser.sideOf(socket, goOn)
  /** What came and waits for its turn. */
  const waiting: Held = []
  const pieces = createPieces(begun, late)
  /** Whether reading was stopped here, and goes on when what waits was worked on. The parser stops and goes on by itself. */
  let isStopped = false
  const answers = plainAnswers(socket, options, { isLast: () => isClosing() || isSpent(), onAnswered: goOn })
  /** Of the latest plain request. */
  let known: PlainHead | undefined

  readShared(socket, arrive)
  // Node tells the end of what a client sends in this way.
  socket.push = arrive
  socket.setTimeout(headersTimeoutMs)
  // What came while the process stood still is read before immediates run.
  socket.on('timeout', () => setImmediate(giveUp, socket.bytesRead))
  socket.on('error', () => {})
  socket.once('close', forget)

  /** Whether more may be read. */
  function arrive(bytes: Buffer | null): boolean {
    if (answers.isEnding()) return false
    if (waiting.length > 0 || answers.isAnswering()) {
      held.keep(waiting, bytes)
      if (held.isTooMuch()) socket.destroy()
      isStopped = true
      return false
    }
    if (room.isFull()) {
      const more = room.turnAway(() => work(bytes))
      if (!more || !room.hasSeenEnough()) return more
      // It is left alone for a while, so that others get their turn.
      isStopped = true
      room.atNext(goOn)
      return false
    }
    if (room.hasTime()) return work(bytes)
    held.keep(waiting, bytes)
    room.enter(bytes?.length ?? 0, goOn)
    return true
  }

  /** Works on what came while it waited, and reads on. */
  function goOn(): void {
    // A paused stream would keep it in its own buffer, and a client that never reads its answers would stay for ever.
    const waits = () => isBusy() || socket.isPaused() || socket.destroyed
    while (waiting.length > 0 && !waits()) work(held.take(waiting) ?? null)
    if (!isStopped || waits()) return
    isStopped = false
    socket.resume()
  }

  function work(bytes: Buffer | null): boolean {
    if (pieces.isBegun()) return workOnPiece(bytes)
    if (bytes === null) return parser.isOpen ? parser.feed(null, undefined) : answers.end()
    // A line break between two requests says nothing (RFC 9112 §2.2).
    if (isBlank(bytes) && parser.isBetween()) return true
    const request = plainRequest(bytes, known)
    if (request === undefined) return parser.feed(bytes, undefined)
    known = request.head
    const isPost = request.method === 'POST' && isOurs(request.target)
    const isForUs = isPost && parser.isBetween() && socket.writable
    if (isForUs && request.missing === 0) return answerPlain(request)
    if (!isForUs || begun.isTooMuch()) return parser.feed(bytes, request)
    pieces.begin(bytes, request.missing)
    return true
  }

  function workOnPiece(bytes: Buffer | null): boolean {
    if (bytes !== null) return pieces.add(bytes) || workOnAll()
    workOnAll()
    return parser.feed(null, undefined)
  }

  /** Works on what has come of a request: where that is not all, the parser knows what to say. */
  function workOnAll(): boolean {
    const bytes = pieces.take()
    const request = plainRequest(bytes, known)
    return request?.missing === 0 ? answerPlain(request) : parser.feed(bytes, request)
  }

  /** The rest of a request is late. If it waits for its turn, so does its beginning. */
  function late(): void {
    const goOnWithout = () => {
      if (pieces.isBegun() && waiting.length === 0) workOnAll()
    }
    if (room.isFull()) room.turnAway(goOnWithout)
    else if (room.hasTime()) goOnWithout()
    else room.enter(0, goOnWithout)
  }

  function answerPlain(request: PlainRequest): boolean {
    if (answers.requests === 0 && !parser.isOpen) socket.setTimeout(httpLimits.keepAliveTimeoutMs)
    return answers.answer(request)
  }

  /** Of a connection that stood still, unless more came in: the parser sees to those that it knows. */
  function giveUp(bytesBefore: number): void {
    if (parser.isOpen || socket.destroyed || socket.bytesRead > bytesBefore) return
    answers.leave()
    if (answers.requests === 0) onSilence(socket)
    else socket.destroy()
  }

  function isBusy(): boolean {
    return answers.isAnswering() || answers.isEnding()
  }

  function forget(): void {
    held.takeAll(waiting)
    pieces.take()
  }

  function isSpent(): boolean {
    return answers.requests > 0 && answers.requests + parser.requests >= requestsPerSocket
  }

  return {
    isNew: () => answers.requests + parser.requests === 0,
    isIdle: () => waiting.length === 0 && !pieces.isBegun() && !isBusy() && parser.isIdle(),
    isSpent,
  }
}

function isBlank(bytes: Buffer): boolean {
  return bytes.length <= 2 && bytes.every(byte => byte === 0x0d || byte === 0x0a)
}
