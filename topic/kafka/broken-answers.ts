import { createRequire } from 'node:module'

const patched = Symbol('forgets broken answers')

/** What kafkajs 2.2.4 keeps of an answer that has not come in full. */
interface AnswerBuffer {
  isConnected(): boolean
  chunks: Buffer[]
  bytesBuffered: number
  bytesNeeded: number
}

type Connect = (this: AnswerBuffer, ...args: unknown[]) => unknown

/** An answer begins with its length: four bytes. */
const lengthBytes = 4

function isConnect(value: unknown): value is Connect {
  return typeof value === 'function'
}

/**
 * Makes kafkajs begin each connection with an empty buffer; calling it again changes nothing. kafkajs uses a `Connection` again after
 * it broke, and keeps what it had of an answer that broke off: it then reads all answers of the next connection at the wrong
 * place, times out for ever, or throws a RangeError out of the socket's event, which ends the process.
 */
export function forgetBrokenAnswers(): void {
  const Connection: unknown = createRequire(import.meta.url)('kafkajs/src/network/connection.js')
  if (typeof Connection !== 'function') return
  const prototype: object = Connection.prototype
  const connect: unknown = Reflect.get(prototype, 'connect')
  if (!isConnect(connect) || Reflect.has(prototype, patched)) return
  const connectAfresh: Connect = function (...args) {
    if (!this.isConnected()) {
      this.chunks = []
      this.bytesBuffered = 0
      this.bytesNeeded = lengthBytes
    }
    return connect.apply(this, args)
  }
  Reflect.set(prototype, 'connect', connectAfresh)
  Reflect.set(prototype, patched, true)
}
