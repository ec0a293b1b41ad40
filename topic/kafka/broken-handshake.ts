import { createRequire } from 'node:module'

const patched = Symbol('ends a broken handshake')

interface Connectable {
  readonly connectionPool: { readonly pool: readonly { readonly socket?: { destroy(): void } }[] }
  disconnect(): Promise<void>
}

type Connect = (this: Connectable, ...args: unknown[]) => Promise<unknown>

function isConnect(value: unknown): value is Connect {
  return typeof value === 'function'
}

/** Not awaited: requests that nobody answers must not hold up the caller. A socket left half open would end the next one's requests with its own end. */
function end(broker: Connectable): void {
  const sockets = broker.connectionPool.pool.map(({ socket }) => socket)
  broker
    .disconnect()
    .catch(() => {})
    .finally(() => {
      for (const socket of sockets) socket?.destroy()
    })
}

/**
 * Makes kafkajs 2.2.4 close a connection whose handshake failed; calling it again changes nothing. kafkajs leaves it open (a
 * stopped broker's kernel takes connections, and nobody answers), takes it for connected ever after, and every request on it
 * fails with "Broker not connected", also when the broker is back.
 */
export function endBrokenHandshakes(): void {
  const Broker: unknown = createRequire(import.meta.url)('kafkajs/src/broker/index.js')
  if (typeof Broker !== 'function') return
  const prototype: object = Broker.prototype
  const connect: unknown = Reflect.get(prototype, 'connect')
  if (!isConnect(connect) || Reflect.has(prototype, patched)) return
  const connectOrEnd: Connect = async function (...args) {
    try {
      return await connect.apply(this, args)
    } catch (error) {
      // another caller's handshake is under way: this one only could not wait for it
      if (!(error instanceof Error && error.name === 'KafkaJSLockTimeout')) end(this)
      throw error
    }
  }
  Reflect.set(prototype, 'connect', connectOrEnd)
  Reflect.set(prototype, patched, true)
}
