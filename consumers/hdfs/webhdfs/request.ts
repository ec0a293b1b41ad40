import http from 'node:http'
import https from 'node:https'
import { StoreError } from '../store.ts'

export interface HttpAnswer {
  status: number
  headers: http.IncomingHttpHeaders
  body: Buffer
}

/** How long a server may be silent. */
export interface Patience {
  /** … before it takes the connection. */
  connectTimeoutMs: number
  /** … with no byte coming or going. */
  idleTimeoutMs: number
}

export interface HttpRequest extends Patience {
  method: 'GET' | 'PUT' | 'DELETE'
  url: URL
  /** Sent with its length, never chunked. */
  body?: readonly Uint8Array[]
}

/** No answer came. */
export class Unanswered extends StoreError {
  /** The server may have got the request and may have done it; false: nobody got it, so another server may be asked at once. */
  readonly sent: boolean

  constructor(message: string, options: { cause: unknown; sent: boolean }) {
    super('unavailable', message, options)
    this.sent = options.sent
  }
}

/** From making the connection: of looking up the name, and of every address tried (an AggregateError has no `syscall`). */
const connectCodes = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN'])

function isOfConnecting({ code = '', syscall }: NodeJS.ErrnoException): boolean {
  return connectCodes.has(code) || syscall === 'connect'
}

/**
 * One HTTP exchange on node:http, which takes the `100 Continue` that DataNodes send unasked (fetch kills the socket on it).
 * Redirects are not followed. Rejects with {@link Unanswered} when no whole answer comes.
 */
export function request(options: HttpRequest): Promise<HttpAnswer> {
  const { method, url, body = [], connectTimeoutMs, idleTimeoutMs } = options
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      clearTimeout(connecting)
      const operation = `${url.searchParams.get('op') ?? method} ${decodeURIComponent(url.pathname)} at ${url.host}`
      const sent = !isOfConnecting(error)
      reject(new Unanswered(`${operation}: ${error.message || error.code}`, { cause: error, sent }))
    }
    const length = body.reduce((sum, chunk) => sum + chunk.length, 0)
    const headers = {
      ...(method === 'PUT' && { 'Content-Type': 'application/octet-stream', 'Content-Length': length }),
      Connection: 'close',
    }
    const { request: send } = url.protocol === 'https:' ? https : http
    const outgoing = send(url, { method, headers, agent: false, timeout: idleTimeoutMs }, answer => {
      const chunks: Buffer[] = []
      answer.on('data', chunk => chunks.push(chunk))
      answer.on('error', fail)
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
      )
    })
    const connecting = setTimeout(() => {
      const error = new Error(`no connection within ${connectTimeoutMs} ms`)
      outgoing.destroy(Object.assign(error, { syscall: 'connect' }))
    }, connectTimeoutMs)
    outgoing.on('socket', socket => socket.once('connect', () => clearTimeout(connecting)))
    outgoing.on('timeout', () => outgoing.destroy(new Error(`nothing came or went for ${idleTimeoutMs} ms`)))
    outgoing.on('error', fail)
    for (const chunk of body) outgoing.write(chunk)
    outgoing.end()
  })
}
