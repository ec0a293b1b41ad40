import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'

export interface RawExchange {
  /** What is sent, in this order. */
  bytes: Buffer
  /** Bytes a write; each write waits a turn of the event loop. @default all at once */
  chunkBytes?: number
  /** What the client does when all is sent: wait for the server to close, half-close, or break off. @default 'wait' */
  then?: 'wait' | 'end' | 'reset'
  /** @default 3_000 */
  timeoutMs?: number
}

/** One answer of the server, interim ones (1xx) too. Names of headers are in lower case, as in {@link Headers}. */
export interface RawAnswer {
  status: number
  headers: Headers
  body: string
}

export interface RawOutcome {
  answers: RawAnswer[]
  /** Whether the server was still holding the connection open when the time was over. */
  timedOut: boolean
}

/** Sends bytes over one connection and reads until it is closed. Never rejects for what a server does, only if it can't connect. */
export async function exchange(port: number, options: RawExchange): Promise<RawOutcome> {
  const { bytes, chunkBytes = bytes.length, then = 'wait', timeoutMs = 3_000 } = options
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const received: Buffer[] = []
  let timedOut = false
  socket.on('data', (chunk: Buffer) => received.push(chunk))
  await once(socket, 'connect')
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
  // A reset is an outcome like any other: 'close' follows.
  socket.on('error', () => {})
  const timer = setTimeout(() => {
    timedOut = true
    socket.destroy()
  }, timeoutMs)
  for (let at = 0; at < bytes.length && !isLast(received.at(-1)) && socket.writable; at += chunkBytes) {
    socket.write(bytes.subarray(at, at + chunkBytes))
    if (chunkBytes < bytes.length) await turn()
  }
  if (then === 'end') socket.end()
  if (then === 'reset') {
    await turn()
    socket.resetAndDestroy()
  }
  await closed
  clearTimeout(timer)
  return { answers: readAnswers(Buffer.concat(received).toString('latin1')), timedOut }
}

/** Whether the server has said that it answers no more: writing on could break the connection before its answer is read. */
function isLast(chunk: Buffer | undefined): boolean {
  return /connection: close/i.test(chunk?.toString('latin1') ?? '')
}

/**
 * Takes a transcript of answers apart. A body ends where its Content-Length or its chunks say; an answer to HEAD, whose
 * length is that of a body that isn't there, is told by the next status line, as no body of ours begins with one.
 */
export function readAnswers(transcript: string): RawAnswer[] {
  const answers: RawAnswer[] = []
  let rest = transcript
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n')
    const status = /^HTTP\/1\.1 (\d{3}) /.exec(rest)?.[1]
    if (end < 0 || status === undefined) throw new Error(`no answer in ${JSON.stringify(rest.slice(0, 200))}`)
    const headers = new Headers()
    for (const line of rest.slice(0, end).split('\r\n').slice(1)) {
      const colon = line.indexOf(':')
      headers.append(line.slice(0, colon), line.slice(colon + 1))
    }
    rest = rest.slice(end + 4)
    const length = rest.startsWith('HTTP/1.1 ') ? 0 : bodyLength(headers, rest)
    answers.push({ status: Number(status), headers, body: rest.slice(0, length) })
    rest = rest.slice(length)
  }
  return answers
}

function bodyLength(headers: Headers, rest: string): number {
  if (headers.get('transfer-encoding') === 'chunked') return rest.indexOf('0\r\n\r\n') + 5
  return Number(headers.get('content-length') ?? 0)
}
