import { createRequire } from 'node:module'

const patched = Symbol('ends a broken handshake')

interface Connection {
  readonly socket?: { destroy(): void }
  readonly requestQueue: { rejectAll(error: unknown): void }
}

interface Connectable {
  readonly connectionPool: { readonly pool: readonly Connection[] }
  disconnect(): Promise<void>
}

type Connect = (this: Connectable) => Promise<unknown>

function isConnect(value: unknown): value is Connect {
  return typeof value === 'function'
}

/** Requests that nobody answers must not hold this up, and a socket left half open would end the next one's requests with its own end. */
async function end(broker: Connectable, error: unknown): Promise<void> {
  const { pool } = broker.connectionPool
  const sockets = pool.map(({ socket }) => socket)
  for (const { requestQueue } of pool) requestQueue.rejectAll(error)
  await broker.disconnect().catch(() => {})
  for (const socket of sockets) socket?.destroy()
}

/**
 * Makes kafkajs 2.2.4 close a connection whose handshake failed, and gives all callers the one handshake that is under way; calling it
 * again changes nothing. kafkajs leaves such a connection open (a stopped broker's kernel takes connections, and nobody answers),
 * takes it for connected ever after, and every request on it fails with "Broker not connected", also when the broker is back. Its
 * callers wait in line instead: the next one connects anew before the one that failed has closed, which then closes the new connection.
 */
export function endBrokenHandshakes(): void {
  const Broker: unknown = createRequire(import.meta.url)('kafkajs/src/broker/index.js')
  if (typeof Broker !== 'function') return
  const prototype: object = Broker.prototype
  const connect: unknown = Reflect.get(prototype, 'connect')
  if (!isConnect(connect) || Reflect.has(prototype, patched)) return
  const underWay = new WeakMap<Connectable, Promise<unknown>>()
  const connectOrEnd = async (broker: Connectable) => {
    try {
      return await connect.call(broker)
    } catch (error) {
      await end(broker, error)
      throw error
    } finally {
      underWay.delete(broker)
    }
  }
  const connectTogether: Connect = function () {
    const handshake = underWay.get(this) ?? connectOrEnd(this)
    underWay.set(this, handshake)
    return handshake
  }
  Reflect.set(prototype, 'connect', connectTogether)
  Reflect.set(prototype, patched, true)
}
