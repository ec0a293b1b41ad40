import http from 'node:http'
import https from 'node:https'
import { StoreError } from '../store.ts'

export interface HttpAnswer {
  status: number
  headers: http.IncomingHttpHeaders
  body: Buffer
}

export interface HttpRequest {
  method: 'GET' | 'PUT' | 'DELETE'
  url: URL
  /** Sent with its length, never chunked. */
  body?: readonly Uint8Array[]
  /** Without any byte coming or going for so long, the request is given up. */
  idleTimeoutMs: number
}

/** Nobody got the request: another server may be asked at once. */
export class NotConnected extends StoreError {}

const connectErrors = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN'])

/**
 * One HTTP exchange on node:http, which takes the `100 Continue` that DataNodes send unasked (fetch kills the socket on it).
 * Redirects are not followed. Rejects with a {@link StoreError} `unavailable`; {@link NotConnected} if it was never sent.
 */
export function request({ method, url, body = [], idleTimeoutMs }: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      const Kind = connectErrors.has(error.code ?? '') ? NotConnected : StoreError
      reject(new Kind('unavailable', `${method} ${url.host}: ${error.message || error.code}`, { cause: error }))
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
    outgoing.on('timeout', () => outgoing.destroy(new Error(`nothing came or went for ${idleTimeoutMs} ms`)))
    outgoing.on('error', fail)
    for (const chunk of body) outgoing.write(chunk)
    outgoing.end()
  })
}
