import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Answer, Peer } from '../peers/peer.ts'
import { takeRequest, type WireRequest } from './http-request.ts'

/** A collector that weighs what arrives and answers as the peer's own server would. */
export interface Collector {
  /** Origin, `http://127.0.0.1:<port>`: another one than the site's. */
  endpoint: string
  /** All requests so far, preflights too, in the order of their arrival. */
  requests: WireRequest[]
  close(): void
}

/** Listens on a free port of the loopback. */
export async function openCollector(peer: Peer): Promise<Collector> {
  const requests: WireRequest[] = []
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    let bytes = Buffer.alloc(0)
    socket.on('data', chunk => {
      bytes = Buffer.concat([bytes, chunk])
      for (let taken = takeRequest(bytes); taken; taken = takeRequest(bytes)) {
        bytes = Buffer.from(taken.rest)
        requests.push(taken.request)
        socket.write(answerTo(taken.request, peer))
      }
    })
    // A browser that goes away resets its connections: nothing to do about it.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the collector has no port')
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    requests,
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

function answerTo(request: WireRequest, peer: Peer): string {
  const preflight = request.method === 'OPTIONS'
  const {
    status,
    headers,
    body = '',
  }: Answer = (preflight ? undefined : peer.answer?.(request)) ?? { status: preflight ? 204 : 200 }
  const cors = {
    'access-control-allow-origin': request.headers['origin'] ?? '*',
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'GET, POST, OPTIONS',
    'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '*',
    'access-control-max-age': '600',
    'cross-origin-resource-policy': 'cross-origin',
  }
  const length = status === 204 ? {} : { 'content-length': `${Buffer.byteLength(body)}` }
  const fields = Object.entries({ ...cors, ...length, ...headers }).map(([name, value]) => `${name}: ${value}`)
  return [`HTTP/1.1 ${status} OK`, ...fields, '', body].join('\r\n')
}
