import { Socket } from 'node:net'

/** Has what comes on a socket told as bytes that stand in a buffer of all: `onBytes` may use them until it returns, and answers whether more may be read. */
export type ReadShared = (socket: Socket, onBytes: (bytes: Buffer) => boolean) => void

/** As much as Node reads at once. */
const bufferBytes = 64 * 1_024

/**
 * Node allocates 64 KiB for whatever is read from a socket, which costs as much as the smallest requests themselves, and is
 * a collection of garbage every other second. For sockets that one opens it takes a buffer instead (`onread` of
 * https://nodejs.org/api/net.html#new-netsocketoptions); a server has no such option, so what that option sets is set here.
 * Undefined where this Node has other names for it.
 */
export function sharedReads(): ReadShared | undefined {
  const named = new Map(Object.getOwnPropertySymbols(new Socket()).map(symbol => [symbol.description, symbol]))
  const bufferKey = named.get('kBuffer')
  const callbackKey = named.get('kBufferCb')
  if (bufferKey === undefined || callbackKey === undefined) return undefined
  const buffer = Buffer.allocUnsafeSlow(bufferBytes)
  return (socket, onBytes) => {
    const handle = Reflect.get(socket, '_handle')
    handle.useUserBuffer(buffer)
    Reflect.set(socket, bufferKey, buffer)
    Reflect.set(socket, callbackKey, (size: number) => onBytes(buffer.subarray(0, size)))
  }
}
