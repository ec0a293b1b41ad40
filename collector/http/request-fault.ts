import type { IncomingMessage } from 'node:http'

/**
 * What Node lets pass although a proxy in front may read it otherwise, or undefined: another version than 1.0 and 1.1, not
 * one Host in 1.1 (RFC 9112 §3.2), a transfer coding beside `chunked`, or any in 1.0 (§6.1). Nothing behind such a request
 * should be read. Node's own `requireHostHeader` must be off: it serves what stands behind the request that it refuses.
 */
export function requestFault(request: IncomingMessage): string | undefined {
  const { headers, rawHeaders, httpVersion } = request
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return `HTTP/${httpVersion} is not spoken here: use HTTP/1.1`
  const coding = headers['transfer-encoding']
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    return `Transfer-Encoding ${JSON.stringify(coding)} is not supported: send the body as it is`
  }
  if (coding !== undefined && httpVersion === '1.0') return 'HTTP/1.0 has no Transfer-Encoding: send a Content-Length'
  let hosts = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts++
  }
  if (hosts > 1) return 'Host stands twice: send it once'
  return hosts === 0 && httpVersion === '1.1' ? 'Host is missing: send it' : undefined
}

/** The path and query of a request target: that of an absolute one too, which a server has to take (RFC 9112 §3.2.2). */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target
  const path = /^https?:\/\/[^/?#]+(.*)$/i.exec(target)?.[1]
  if (path === undefined) return target
  return path.startsWith('/') ? path : `/${path}`
}
