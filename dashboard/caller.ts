import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'
import type { Caller } from './access.ts'

/** Who sent a request, as far as it can be known. */
export function callerOf(c: Context): Caller {
  return { peer: peerOf(c), host: c.req.header('host'), forwarded: isForwarded(c) }
}

/** A proxy names itself or whom it speaks for; nginx with its defaults says nothing, but speaks HTTP/1.0, as no browser does. */
function isForwarded(c: Context): boolean {
  const names = ['forwarded', 'via', 'x-real-ip', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto']
  return names.some(name => c.req.header(name) !== undefined) || c.env?.incoming?.httpVersion === '1.0'
}

function peerOf(c: Context): string | undefined {
  try {
    return getConnInfo(c).remote.address
  } catch {
    // Not behind @hono/node-server: then nobody knows who asks, and nobody is let in.
    return undefined
  }
}
