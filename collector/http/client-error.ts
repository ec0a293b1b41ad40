import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** The last request of a connection. */
interface Last {
  request: IncomingMessage
  response: ServerResponse
  /** Whether the connection ends with its answer. */
  ending: boolean
}

const statusLines: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/**
 * Answers bytes that are no HTTP as Node itself does, and closes the connection; but a request before them, which came
 * in whole, gets its own answer first and is the last: its events may have been taken, and Node's 400 would deny that.
 */
export function answerClientErrors(server: Server): void {
  const lasts = new WeakMap<Duplex, Last>()
  server.prependListener('request', (request, response) =>
    lasts.set(request.socket, { request, response, ending: false }),
  )
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const last = lasts.get(socket)
    if (last && isAnswered(last)) {
      // The error comes again with each chunk that follows.
      if (!last.ending) last.response.once('finish', () => socket.end(() => socket.destroy()))
      last.ending = true
      return
    }
    if (last?.response.headersSent && last.response.getHeader('connection') === 'close') return
    if (!socket.writable || error.code === 'ECONNRESET') socket.destroy(error)
    else {
      const status = statusLines[error.code ?? ''] ?? '400 Bad Request'
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`, () => socket.destroy())
    }
  })
}

/** Whether an answer is on its way, or will be without another byte of the client. */
function isAnswered({ request, response }: Last): boolean {
  return (request.complete || response.headersSent) && !response.writableFinished && !request.socket.destroyed
}
