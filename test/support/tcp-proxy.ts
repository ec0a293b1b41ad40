import { once } from 'node:events'
import { createServer, connect as dial, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** What the proxy does with every connection, open ones too, from the moment that it is set. */
export type ProxyMode =
  | { kind: 'pass' }
  /** Nobody listens, and what was open is reset. */
  | { kind: 'refuse' }
  /** Connections are taken and stay open, but nothing passes in either direction; what was held passes in the next mode. */
  | { kind: 'freeze' }
  /** The server gets all of a request; the client gets a reset instead of the answer. Requests below `requestBytes` are let through. */
  | { kind: 'reset'; requestBytes: number }
  /** Answers trickle. */
  | { kind: 'dribble'; bytesPerSecond: number }
  /** Each connection is reset once its answers have reached this many bytes. */
  | { kind: 'cut'; afterBytes: number }
  /** Each piece of an answer waits. */
  | { kind: 'delay'; ms: number }

export interface TcpProxy {
  readonly port: number
  /** Resolves when the mode holds for every connection. */
  set(mode: ProxyMode): Promise<void>
  /** Connections that the proxy itself has reset so far, by `reset` and `cut`. */
  resets(): number
  close(): Promise<void>
}

interface Pair {
  client: Socket
  server: Socket
  /** Sent by the client since the server last answered. */
  requestBytes: number
  /** Answered since `mode` was first seen on this connection. */
  answered: { mode: ProxyMode; bytes: number }
}

const sliceMs = 100

/**
 * Listens on `port` of 127.0.0.1 (0: any) and forwards to `targetPort` there, faultily on demand. Pieces stay in order
 * through every change of the mode.
 */
export async function startTcpProxy({
  targetPort,
  port = 0,
}: {
  targetPort: number
  port?: number
}): Promise<TcpProxy> {
  let mode: ProxyMode = { kind: 'pass' }
  let changed = new AbortController()
  let resets = 0
  const pairs = new Set<Pair>()
  let listening: Server | undefined = await listen(port)
  const open = portOf(listening)

  async function listen(at: number): Promise<Server> {
    const server = createServer(accept).listen(at, '127.0.0.1')
    await once(server, 'listening')
    return server
  }

  function accept(client: Socket): void {
    const server = dial({ port: targetPort, host: '127.0.0.1', noDelay: true })
    const pair: Pair = { client, server, requestBytes: 0, answered: { mode, bytes: 0 } }
    client.setNoDelay(true)
    pairs.add(pair)
    // a reset of one side is the reset of the other
    for (const socket of [client, server]) socket.on('error', () => drop(pair))
    client.on('close', () => drop(pair))
    void carry(client, server, chunk => forward(pair, chunk))
    void carry(server, client, chunk => answer(pair, chunk))
  }

  function drop(pair: Pair): void {
    if (!pairs.delete(pair)) return
    pair.client.resetAndDestroy()
    pair.server.destroy()
  }

  async function carry(from: Socket, to: Socket, each: (chunk: Buffer) => Promise<void>): Promise<void> {
    try {
      for await (const chunk of from) if (Buffer.isBuffer(chunk)) await each(chunk)
      await thaw()
      to.end()
    } catch {
      // the connection is gone; drop() has told the other side
    }
  }

  async function thaw(): Promise<void> {
    while (mode.kind === 'freeze') await pause(60_000)
  }

  /** Ends early when the mode changes. */
  async function pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: changed.signal }).catch(() => {})
  }

  async function forward(pair: Pair, chunk: Buffer): Promise<void> {
    await thaw()
    pair.requestBytes += chunk.length
    await write(pair.server, chunk)
  }

  async function answer(pair: Pair, chunk: Buffer): Promise<void> {
    await thaw()
    const { requestBytes } = pair
    pair.requestBytes = 0
    if (pair.answered.mode !== mode) pair.answered = { mode, bytes: 0 }
    pair.answered.bytes += chunk.length
    if (mode.kind === 'reset' && requestBytes >= mode.requestBytes) return reset(pair)
    if (mode.kind === 'cut' && pair.answered.bytes >= mode.afterBytes) {
      await write(pair.client, chunk.subarray(0, chunk.length - (pair.answered.bytes - mode.afterBytes)))
      return reset(pair)
    }
    if (mode.kind === 'delay') await pause(mode.ms)
    await write(pair.client, mode.kind === 'dribble' ? await dribble(pair, chunk) : chunk)
  }

  /** Returns what is left when the mode has changed. */
  async function dribble(pair: Pair, chunk: Buffer): Promise<Buffer> {
    let rest = chunk
    while (mode.kind === 'dribble' && rest.length > 0 && pairs.has(pair)) {
      const size = Math.max(1, Math.round((mode.bytesPerSecond * sliceMs) / 1_000))
      await write(pair.client, rest.subarray(0, size))
      rest = rest.subarray(size)
      await pause((size * 1_000) / mode.bytesPerSecond)
    }
    return rest
  }

  function reset(pair: Pair): void {
    resets += 1
    drop(pair)
  }

  return {
    port: open,
    resets: () => resets,
    async set(next) {
      mode = next
      changed.abort()
      changed = new AbortController()
      if (next.kind === 'refuse') {
        await stopListening()
        for (const pair of [...pairs]) drop(pair)
      } else listening ??= await listen(open)
    },
    async close() {
      mode = { kind: 'pass' }
      changed.abort()
      const stopped = stopListening()
      for (const pair of [...pairs]) drop(pair)
      await stopped
    },
  }

  async function stopListening(): Promise<void> {
    const server = listening
    listening = undefined
    if (!server) return
    const closed = once(server, 'close')
    server.close()
    for (const pair of [...pairs]) drop(pair)
    await closed
  }
}

function write(to: Socket, chunk: Buffer): Promise<void> {
  return new Promise(resolve => (to.writable ? to.write(chunk, () => resolve()) : resolve()))
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
