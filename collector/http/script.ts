import { createHash } from 'node:crypto'
import { brotliCompressSync, gzipSync } from 'node:zlib'

type Encoding = 'br' | 'gzip' | 'identity'

export interface Script {
  /** The path that changes with the content: `/clicktrail.js` → `/clicktrail.<hash>.js`. */
  hashedPath: string
  /** The response to a GET: 304 if the client has it, else the smallest form that it takes. */
  respond(request: { hashed: boolean; acceptEncoding: string | undefined; ifNoneMatch: string | undefined }): Response
}

/** The SDK as it is served: compressed once, here. Any page may load it. */
export function createScript(source: Uint8Array, path: string): Script {
  const hash = createHash('sha256').update(source).digest('hex').slice(0, 12)
  const bodies: Record<Encoding, Uint8Array> = {
    br: brotliCompressSync(source),
    gzip: gzipSync(source, { level: 9 }),
    identity: source,
  }
  return {
    hashedPath: markedPath(path, hash),
    respond({ hashed, acceptEncoding, ifNoneMatch }) {
      const encoding = encodingFor(acceptEncoding)
      const etag = `"${hash}-${encoding}"`
      const headers: Record<string, string> = {
        ETag: etag,
        Vary: 'Accept-Encoding',
        'Cache-Control': hashed ? 'public, max-age=31536000, immutable' : 'public, max-age=3600',
        'Access-Control-Allow-Origin': '*',
        'Cross-Origin-Resource-Policy': 'cross-origin',
        'X-Content-Type-Options': 'nosniff',
      }
      if (matches(ifNoneMatch, etag)) return new Response(null, { status: 304, headers })
      headers['Content-Type'] = 'text/javascript; charset=utf-8'
      if (encoding !== 'identity') headers['Content-Encoding'] = encoding
      return new Response(bodies[encoding], { status: 200, headers })
    },
  }
}

/** The path of another form of the script: `/clicktrail.js` marked `debug` → `/clicktrail.debug.js`. */
export function markedPath(path: string, mark: string): string {
  return path.endsWith('.js') ? `${path.slice(0, -3)}.${mark}.js` : `${path}.${mark}`
}

/** The best encoding that an Accept-Encoding header names with a weight above 0 (RFC 9110 §12.5.3). */
export function encodingFor(acceptEncoding: string | undefined): Encoding {
  const taken = new Set<string>()
  for (const part of (acceptEncoding ?? '').split(',')) {
    const [name = '', ...parameters] = part.split(';').map(text => text.trim().toLowerCase())
    if (!parameters.some(parameter => /^q=0(\.0*)?$/.test(parameter))) taken.add(name)
  }
  return taken.has('br') ? 'br' : taken.has('gzip') ? 'gzip' : 'identity'
}

function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  return (ifNoneMatch ?? '').split(',').some(tag => tag.trim().replace(/^W\//, '') === etag)
}
