import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { vi } from 'vitest'
import { overloaded, type Reply } from '../../../../collector/http/answer.ts'
import { type Connections, type ConnectionsOptions, takeConnections } from '../../../../collector/http/connections.ts'
import type { EventsRequest } from '../../../../collector/http/events-route.ts'
import { sharedReads } from '../../../../collector/http/shared-reads.ts'
import { createWaitingRoom } from '../../../../collector/http/waiting-room.ts'

export const post = postOf('{}')
export const chunkedPost =
  'POST /v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'

export function postOf(body: string, lines = ''): string {
  return `POST /v1/events HTTP/1.1\r\nHost: x\r\n${lines}Content-Length: ${body.length}\r\n\r\n${body}`
}

const open: { close(): void }[] = []

/** Closes what was started since the last call. */
export function closeAll(): void {
  for (const each of open.splice(0)) each.close()
}

export interface ServerOptions extends Partial<ConnectionsOptions> {
  freeBytes?: number
}

/**
 * A server whose clock stands still but for the work: each request takes as long as it is told to, and is answered when the
 * gate opens, but those for /at-once, whose body nobody waits for.
 */
export async function startServer({ freeBytes = 0, ...options }: ServerOptions = {}) {
  let nowMs = 0
  const state = {
    workMs: 0,
    /** Whether everybody is sent away. */
    isFull: false,
    /** Requests that were seen, and those of them that Node's parser read. */
    received: 0,
    parsed: 0,
    served: 0,
    refused: 0,
    bodies: [] as string[],
    gate: Promise.resolve(),
    message: '',
  }
  let onServed = () => {}
  const waitingRoom = createWaitingRoom({ now: () => nowMs, freeBytes })
  const room = { ...waitingRoom, isFull: () => state.isFull || waitingRoom.isFull() }
  const readShared = sharedReads()
  if (readShared === undefined) throw new Error('this Node can not read into a buffer of all')

  function refusal(): Reply | undefined {
    state.received++
    if (!room.turnsAway()) {
      nowMs += state.workMs
      return undefined
    }
    state.refused++
    return { answer: overloaded, headers: {} }
  }

  async function serve(body: string): Promise<Reply> {
    await state.gate
    state.served++
    state.bodies.push(body)
    onServed()
    const { message } = state
    return { answer: message === '' ? { outcome: 'acknowledged' } : { outcome: 'bad_request', message }, headers: {} }
  }

  const server = createServer(async (request, response) => {
    state.parsed++
    if (request.url === '/at-once') {
      response.writeHead(204).end()
      return
    }
    const refused = refusal()
    const bytes = await buffer(request).catch(() => undefined)
    if (bytes === undefined) return
    if (refused === undefined) await serve(bytes.toString())
    response.writeHead(refused === undefined ? 204 : 503).end()
  })
  const connections: Connections = takeConnections(server, {
    isOurs: target => target === '/v1/events',
    answer: ({ body }: EventsRequest) => refusal() ?? serve(String(body)),
    room,
    readShared,
    requestsPerSocket: 1_000,
    headersTimeoutMs: 5_000,
    standstillTimeoutMs: 5_000,
    ...options,
  })
  server.on('clientError', (_, socket) => socket.end('HTTP/1.1 408 Request Timeout\r\n\r\n'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  open.push({ close: connections.closeAll }, server)
  return {
    state,
    port,
    connections,
    /** How many there are. */
    open: () => new Promise<number>(resolve => server.getConnections((_, count) => resolve(count))),
    /** From now on. */
    whenServed(count: number, then: () => void) {
      const wanted = state.served + count
      onServed = () => {
        if (state.served === wanted) then()
      }
    },
  }
}

/** A connection that tells the answers that came. */
export function client(port: number) {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let text = ''
  socket.on('data', bytes => {
    text += bytes.toString()
  })
  socket.on('error', () => {})
  open.push({ close: () => socket.destroy() })
  const statuses = () => [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))
  return {
    socket,
    statuses,
    text: () => text,
    closed: () => vi.waitUntil(() => socket.closed, { timeout: 10_000 }),
    /** Resolves with the first answer that comes then. */
    async send(bytes = post) {
      const before = statuses().length
      socket.write(bytes)
      await vi.waitUntil(() => statuses().length > before, { timeout: 10_000, interval: 5 })
    },
  }
}

/** Connections that were answered once. */
export async function clients(port: number, count: number) {
  const all = Array.from({ length: count }, () => client(port))
  await Promise.all(all.map(each => each.send()))
  return all
}
