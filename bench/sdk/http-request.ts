import type { SentRequest } from '../peers/peer.ts'

/** A request and what it weighed on the wire: HTTP/1.1 as the browser wrote it. */
export interface WireRequest extends SentRequest {
  /** Request line, headers and the empty line, bytes. */
  headBytes: number
}

/** The first whole request of `bytes` and what follows it; undefined while it is incomplete. Bodies have a Content-Length: browsers send no chunked ones here. */
export function takeRequest(bytes: Buffer): { request: WireRequest; rest: Buffer } | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const headBytes = end + 4
  const [line = '', ...fields] = bytes.toString('latin1', 0, end).split('\r\n')
  const [method = '', url = ''] = line.split(' ')
  const headers = Object.fromEntries(
    fields.map(field => {
      const colon = field.indexOf(':')
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()]
    }),
  )
  const total = headBytes + Number(headers['content-length'] ?? 0)
  if (bytes.length < total) return undefined
  const body = Buffer.from(bytes.subarray(headBytes, total))
  return { request: { method, url, headers, body, headBytes }, rest: bytes.subarray(total) }
}
