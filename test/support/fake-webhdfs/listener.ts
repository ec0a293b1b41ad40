import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { until } from '../until.ts'

/** An HTTP server on loopback that can go away and come back under the same address. */
export interface Listener {
  readonly host: string
  up(): Promise<void>
  /** From then on connections are refused; those that are open are reset. */
  down(): Promise<void>
}

export type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Listens on a free port. What `handle` rejects with is a defect of the fake: it ends the process. */
export async function createListener(handle: Handle): Promise<Listener> {
  const server = createServer((request, response) => void handle(request, response))
  let port = 0
  const listen = () =>
    new Promise<boolean>((resolve, reject) => {
      const refused = (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error))
      server.once('error', refused)
      server.listen(port, '127.0.0.1', () => {
        server.off('error', refused)
        resolve(true)
      })
    })
  await listen()
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  port = address.port
  return {
    host: `127.0.0.1:${port}`,
    async up() {
      if (!server.listening) await until(listen, { what: `port ${port} to be free again` })
    },
    down: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The body, or what came of it before the connection broke. */
export async function bodyOf(request: IncomingMessage): Promise<{ bytes: Buffer; whole: boolean }> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk)
    return { bytes: Buffer.concat(chunks), whole: true }
  } catch {
    // The caller is gone.
    return { bytes: Buffer.concat(chunks), whole: false }
  }
}
