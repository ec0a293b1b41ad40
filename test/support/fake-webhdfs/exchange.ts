import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { WebHdfsFault } from './fault.ts'
import { bodyOf } from './listener.ts'
import { exceptionOf, FakeRemoteException } from './remote-exception.ts'

export interface Answer {
  status: number
  body?: string | Buffer
  headers?: Record<string, string>
}

/** One call that a server of the fake has got. */
export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  fault: WebHdfsFault | undefined
  /** Refusals that come before the body is read; an upload's empty file is there after it. */
  begin?: () => void
  /** Carries it out. */
  act: (body: Buffer) => Answer
}

const half = (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)
const lateMs = 50

/** A server that refuses does not wait for the rest of the upload: it answers and closes, as a DataNode does. */
function answer(response: ServerResponse, { status, body, headers }: Answer): void {
  response.shouldKeepAlive = false
  response.writeHead(status, { connection: 'close', 'content-length': Buffer.byteLength(body ?? ''), ...headers })
  response.end(body)
}

function answered(act: () => Answer): Answer {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof FakeRemoteException)) throw error
    return { status: error.status, body: error.body, headers: { 'content-type': 'application/json' } }
  }
}

/** Carries a call out and answers it, or lets happen to it what `fault` says. */
export async function exchange({ request, response, fault, begin, act }: Exchange): Promise<void> {
  if (fault === 'reset') return void request.socket.destroy()
  if (fault === 'hang') return
  if (typeof fault === 'object' && 'status' in fault) return answer(response, fault)
  const refused = answered(() => {
    if (typeof fault === 'object' && 'exception' in fault) throw exceptionOf(fault.exception)
    begin?.()
    return { status: 100 }
  })
  if (refused.status !== 100) return answer(response, refused)
  if (fault === 'killed') {
    const die = () => request.socket.destroy()
    request.once('data', die).once('end', die)
    return
  }
  const { bytes, whole } = await bodyOf(request)
  // What came of a cut upload stays, as a closed file.
  if (!whole) return void answered(() => act(bytes))
  if (fault === 'late') {
    request.socket.destroy()
    await wait(lateMs)
  }
  if (typeof fault === 'object' && 'delayMs' in fault) await wait(fault.delayMs)
  const kept = fault === 'short' || fault === 'cut' ? half(bytes) : bytes
  const done = answered(() => act(kept))
  if (fault === 'lost' || fault === 'cut' || fault === 'late') return void request.socket.destroy()
  if (request.method === 'GET' && (fault === 'short' || fault === 'broken off')) {
    return answer(response, { ...done, body: half(Buffer.from(done.body ?? '')) })
  }
  answer(response, done)
}
