import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'
import type { Caller } from './access.ts'

/** Who sent a request, as far as it can be known. */
export function callerOf(c: Context): Caller {
  return { peer: peerOf(c), host: c.req.header('host'), forwarded: isForwarded(c) }
}

/** The port that a request came in by, whatever its `Host` says: a proxy's may name another. 8080 where nobody knows. */
export function portOf(c: Context): number {
  const port: unknown = c.env?.incoming?.socket?.localPort
  return typeof port === 'number' ? port : 8080
}

/**
 * A proxy names itself or whom it speaks for. nginx with its defaults says nothing: up to 1.29.6 it speaks HTTP/1.0, as no browser
 * does; since then HTTP/1.1 with our own `Host`, and with no `Connection`, or `close`. Browsers and Node's fetch say `keep-alive`.
 */
function isForwarded(c: Context): boolean {
  const names = ['forwarded', 'via', 'x-real-ip', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto']
  if (names.some(name => c.req.header(name) !== undefined)) return true
  return c.env?.incoming?.httpVersion === '1.0' || c.req.header('connection') !== 'keep-alive'
}

function peerOf(c: Context): string | undefined {
  try {
    return getConnInfo(c).remote.address
  } catch {
    // Not behind @hono/node-server: then nobody knows who asks, and nobody is let in.
    return undefined
  }
}
