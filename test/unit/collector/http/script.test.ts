import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { createScript, encodingFor } from '../../../../collector/http/script.ts'

const source = Buffer.from('console.log("clicktrail");'.repeat(20))
const script = createScript(source, '/clicktrail.js')

function get(acceptEncoding?: string, ifNoneMatch?: string, hashed = false): Response {
  return script.respond({ hashed, acceptEncoding, ifNoneMatch })
}

test.each([
  [undefined, 'identity'],
  ['', 'identity'],
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip;q=1.0, br;q=0', 'gzip'],
  ['br;q=0.000, gzip;q=0', 'identity'],
  ['BR', 'br'],
  ['brotli', 'identity'],
])('serves to Accept-Encoding %j the encoding %s', (header, encoding) => {
  expect(encodingFor(header)).toBe(encoding)
})

test.each([
  ['br', brotliDecompressSync],
  ['gzip', gunzipSync],
])('serves the same script as %s', async (encoding, decode) => {
  const response = get(encoding)
  expect(response.headers.get('Content-Encoding')).toBe(encoding)
  expect(decode(Buffer.from(await response.arrayBuffer()))).toEqual(source)
})

test('serves it plain, typed, to pages of any origin', async () => {
  const response = get()
  expect(response.headers.get('Content-Encoding')).toBeNull()
  expect(response.headers.get('Content-Type')).toBe('text/javascript; charset=utf-8')
  expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
  expect(response.headers.get('Vary')).toBe('Accept-Encoding')
  expect(Buffer.from(await response.arrayBuffer())).toEqual(source)
})

describe('its ETag', () => {
  const etag = get('br').headers.get('ETag') ?? ''
  test.each([
    [etag, 304],
    [`W/${etag}`, 304],
    [`"other", ${etag}`, 304],
    ['"other"', 200],
    [get('gzip').headers.get('ETag') ?? '', 200],
  ])('sent back as %s is answered %i', (sent, status) => {
    expect(get('br', sent).status).toBe(status)
  })

  test('differs with the content, as does the hashed path', () => {
    const other = createScript(Buffer.from('other'), '/clicktrail.js')
    expect(other.hashedPath).not.toBe(script.hashedPath)
    expect(other.respond({ hashed: false, acceptEncoding: 'br', ifNoneMatch: etag }).status).toBe(200)
  })
})

test('is kept for an hour under its name, and for good under its hashed name', () => {
  expect(get().headers.get('Cache-Control')).toBe('public, max-age=3600')
  expect(get(undefined, undefined, true).headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable')
})

test.each([
  ['/clicktrail.js', /^\/clicktrail\.[0-9a-f]{12}\.js$/],
  ['/assets/a', /^\/assets\/a\.[0-9a-f]{12}$/],
])('for %s has the hashed path %s', (path, hashedPath) => {
  expect(createScript(source, path).hashedPath).toMatch(hashedPath)
})
