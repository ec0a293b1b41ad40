import type { Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { lastBytesOf, type Refusal, type Refused, writeAnswer } from './answer.ts'
import { httpLimits } from './http-limits.ts'

const noHttp: Refused = { outcome: 'bad_request', message: 'the request is no HTTP/1.1: send it as RFC 9112 says' }
const faults: Readonly<Record<string, Refused>> = {
  HPE_HEADER_OVERFLOW: {
    outcome: 'too_many_headers',
    message: `headers and target have more than ${httpLimits.headerBytes} bytes: leave some out`,
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { outcome: 'too_large', message: 'a chunk has a long extension: leave it out' },
  ERR_HTTP_REQUEST_TIMEOUT: { outcome: 'timeout', message: 'the request came too slowly: send it again' },
}

export interface ClientErrorOptions {
  /** Told of each answer that is written here. */
  answered(outcome: Refusal): void
  /** How long the answers before may take, milliseconds. */
  standstillTimeoutMs: number
}

/**
 * Answers bytes that are no HTTP, and closes the connection. Requests before them that came in whole get their own answers
 * first, as their events may have been taken. Where one of these was the last before the fault, that is all; a fault in a
 * body is the answer to its request, in its turn. Whatever the client does, the connection is gone soon after.
 */
export function answerClientErrors(server: Server, { answered, standstillTimeoutMs }: ClientErrorOptions): void {
  /** The response to the last request of a connection. */
  const lasts = new WeakMap<Duplex, ServerResponse>()
  const faulty = new WeakSet<Duplex>()
  server.prependListener('request', (request, response) => lasts.set(request.socket, response))
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // The error comes again with each chunk that follows.
    if (faulty.has(socket)) return
    faulty.add(socket)
    if (error.code === 'ECONNRESET') socket.destroy(error)
    if (socket.destroyed) return
    const fault = faults[error.code ?? ''] ?? noHttp
    const last = lasts.get(socket)
    // Written is not yet gone: Node lets go of a response when it is.
    const waits = last !== undefined && !(last.writableFinished && last.socket === null)
    cutAfter(socket, waits ? standstillTimeoutMs : httpLimits.lastAnswerTimeoutMs)
    if (waits && !last.req.complete && !last.headersSent) {
      answered(fault.outcome)
      writeAnswer(last, { ...fault, close: true }, {})
      // Node forgets a request with its answer: whoever reads the body would wait for the rest of it.
      last.once('close', () => last.req.destroy())
    } else if (waits) {
      last.once('finish', () => socket.end(() => socket.destroy()))
    } else if (!socket.writable || last?.req.complete === false) {
      socket.end(() => socket.destroy())
    } else {
      answered(fault.outcome)
      socket.end(lastBytesOf(fault), () => socket.destroy())
    }
  })
}

function cutAfter(socket: Duplex, ms: number): void {
  const timer = setTimeout(() => socket.destroy(), ms).unref()
  socket.once('close', () => clearTimeout(timer))
}
