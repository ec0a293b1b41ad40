import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { listen } from './listen.ts'

/**
 * How the collector behaves: it stores and answers 2xx; it answers 503; it cuts connections, in turns before and after
 * the body was read; it stores, but cuts the connection instead of answering. All but `healthy` hit preflights as well.
 */
export type Mode = 'healthy' | 'busy' | 'cut' | 'mute'

/** One request as it came. */
export interface Arrival {
  /** ms since 1970 when its headers were there. */
  at: number
  method: string
  /** Path and query. */
  url: string
  headers: IncomingHttpHeaders
  /** Empty where the connection was cut before. */
  body: Buffer
  /** Whether a collector would have kept its events. */
  stored: boolean
  /** The status, or why there was none. */
  outcome: number | 'cut_before_body' | 'cut_after_body' | 'stored_then_cut' | 'visitor_gone'
}

/** What the tracker's own server would answer; 204 without a body where there is no opinion. */
export interface Reply {
  status: number
  headers?: Record<string, string>
  body?: string
}

export interface Collector {
  /** Origin, `http://127.0.0.1:<port>`. */
  url: string
  mode: Mode
  /** Everything since the last `reset`, preflights too (never stored), in the order of the outcomes. */
  arrivals(): readonly Arrival[]
  /** Healthy again, with an empty log. */
  reset(): void
  close(): Promise<void>
}

/** What every answer waits for. */
const latencyMs = 300

/** A collector on a port of its own that allows every origin, takes `latencyMs` for an answer, and fails when told to. */
export async function createCollector(reply: (request: Arrival) => Reply | undefined): Promise<Collector> {
  let arrivals: Arrival[] = []
  let cuts = 0

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request
    const arrival: Arrival = { at: Date.now(), method, url, headers, body: Buffer.of(), stored: false, outcome: 0 }
    const settle = (outcome: Arrival['outcome'], stored = false) => {
      arrivals.push(Object.assign(arrival, { outcome, stored: stored && method !== 'OPTIONS' }))
    }
    if (collector.mode === 'cut' && cuts++ % 2 === 0) {
      settle('cut_before_body')
      request.socket.destroy()
      return
    }
    const body = await bodyOf(request)
    if (!body) return settle('visitor_gone')
    arrival.body = body
    const { mode } = collector
    if (mode === 'cut' || mode === 'mute') {
      settle(mode === 'mute' ? 'stored_then_cut' : 'cut_after_body', mode === 'mute')
      request.socket.destroy()
      return
    }
    const said = mode === 'busy' ? { status: 503 } : (method !== 'OPTIONS' && reply(arrival)) || { status: 204 }
    settle(said.status, mode === 'healthy')
    await wait(latencyMs)
    response.writeHead(said.status, { ...corsOf(headers), ...said.headers }).end(said.body)
  }

  const { port, close } = await listen(
    createServer({ keepAliveTimeout: 60_000 }, (request, response) => void receive(request, response)),
  )
  const collector: Collector = {
    url: `http://127.0.0.1:${port}`,
    mode: 'healthy',
    arrivals: () => arrivals,
    reset() {
      arrivals = []
      cuts = 0
      collector.mode = 'healthy'
    },
    close,
  }
  return collector
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    return request.complete ? Buffer.concat(chunks) : undefined
  } catch {
    // The visitor's side ended the connection in the middle of the body: told by the outcome `visitor_gone`.
    return undefined
  }
}

function corsOf(headers: IncomingHttpHeaders): Record<string, string> {
  return {
    'access-control-allow-origin': headers.origin ?? '*',
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'GET, POST, PUT, OPTIONS',
    'access-control-allow-headers': headers['access-control-request-headers'] ?? 'content-type',
  }
}
