import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { readAnswers } from '../support/raw-exchange.ts'
import { posted, type SocketScript } from './scripts.ts'

/** What was sent when something went wrong. */
export class FuzzFailure extends Error {
  override readonly name = 'FuzzFailure'
  readonly input: Buffer

  constructor(message: string, input: Buffer) {
    super(message)
    this.input = input
  }
}

/** Any of the answer table for a good request with whatever body. */
const bodyStatuses = new Set([200, 204, 400, 413])
/** The same for whatever bytes. */
const socketStatuses = new Set([100, 200, 204, 304, 400, 403, 404, 405, 408, 413, 415, 431, 503])
const patienceMs = 20_000

export interface BodySender {
  /** Resolves with the status. Rejects with a {@link FuzzFailure} for none, or one that is not in the table. */
  send(body: Buffer): Promise<number>
  close(): void
}

/** A connection that is kept, with requests pipelined. The answers come in the order of the requests. */
export async function openBodySender(port: number): Promise<BodySender> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  const waiting: { body: Buffer; resolve(status: number): void; reject(error: Error): void }[] = []
  let rest = ''
  const failAll = (why: string) => {
    for (const { body, reject } of waiting.splice(0)) reject(new FuzzFailure(why, body))
  }
  socket.setEncoding('latin1').setTimeout(patienceMs)
  socket.on('timeout', () => socket.destroy())
  socket.on('error', error => failAll(`the connection broke: ${error.message}`))
  socket.on('close', () => failAll('the connection was closed without an answer'))
  socket.on('data', (chunk: string) => {
    rest += chunk
    for (let end = rest.indexOf('\r\n\r\n'); end >= 0; end = rest.indexOf('\r\n\r\n')) {
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(rest.slice(0, end))?.[1] ?? 0)
      if (rest.length < end + 4 + length) return
      const status = Number(rest.slice(9, 12))
      const body = rest.slice(end + 4, end + 4 + length)
      rest = rest.slice(end + 4 + length)
      const first = waiting.shift()
      if (first === undefined) return
      if (bodyStatuses.has(status)) first.resolve(status)
      else first.reject(new FuzzFailure(`answered ${status}: ${body.slice(0, 300)}`, first.body))
    }
  })
  return {
    send: body =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(new FuzzFailure('the connection is closed', body))
        waiting.push({ body, resolve, reject })
        socket.write(posted(body))
      }),
    close: () => socket.destroy(),
  }
}

/** Plays a script. Rejects with a {@link FuzzFailure} for an answer that is none or not in the table, and for a connection that nobody closes. */
export async function play(port: number, { pieces, leaving }: SocketScript): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const received: string[] = []
  socket.setEncoding('latin1').on('data', (chunk: string) => received.push(chunk))
  socket.on('error', () => {})
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
  let hung = false
  const timer = setTimeout(() => {
    hung = true
    socket.destroy()
  }, patienceMs)
  for (const piece of pieces) {
    if (socket.writable) socket.write(piece)
    await new Promise(setImmediate)
  }
  leave(socket, leaving)
  await closed
  clearTimeout(timer)
  const input = Buffer.concat(pieces)
  if (hung) throw new FuzzFailure(`left by ${leaving}, the connection stayed open for ${patienceMs} ms`, input)
  // A client that leaves may miss the end of an answer.
  if (leaving !== 'wait') return
  for (const { status, body } of readAnswers(received.join(''))) {
    if (!socketStatuses.has(status)) throw new FuzzFailure(`answered ${status}: ${body.slice(0, 300)}`, input)
  }
}

function leave(socket: Socket, leaving: SocketScript['leaving']): void {
  if (leaving === 'end') socket.end()
  if (leaving === 'reset') socket.resetAndDestroy()
}
