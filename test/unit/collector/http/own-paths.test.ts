import { get, type IncomingHttpHeaders } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCollector } from '../../../../collector/collector.ts'
import { type Listening, listen } from '../../../../collector/http/listen.ts'
import { createFakeTopicWriter } from '../../../support/fake-topic-writer.ts'

const source = Buffer.from('console.log("the tag");'.repeat(100))
const said: { script?: string; immutable?: string }[] = []
let server: Listening

beforeAll(async () => {
  const logger = pino({ level: 'info' }, { write: line => void said.push(JSON.parse(line)) })
  const paths = { scriptPath: '/assets/paint.js', eventsPath: '/paint' }
  const collector = createCollector({ writer: createFakeTopicWriter(), script: source, logger, ...paths })
  await collector.start()
  server = await listen({ app: collector.app, direct: collector.events, host: '127.0.0.1', port: 0, logger })
})
afterAll(() => server.close())

/** As it is on the wire: fetch would decompress it. */
function ask(path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number | undefined; headers: IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
    get(`http://127.0.0.1:${server.port}${path}`, { headers }, async response => {
      resolve({ status: response.statusCode, headers: response.headers, body: await buffer(response) })
    }).on('error', reject)
  })
}

const hashedPath = () => said.find(line => line.immutable !== undefined)?.immutable ?? ''

test('the log says under which path the script never changes', () => {
  expect(hashedPath()).toMatch(/^\/assets\/paint\.[0-9a-f]{12}\.js$/)
})

test.each([
  ['br', brotliDecompressSync],
  ['gzip', gunzipSync],
  ['identity', (body: Buffer) => body],
])(
  'the script is served as %s under its own path for an hour, and under the hashed one for good',
  async (encoding, decode) => {
    for (const [path, cached] of [
      ['/assets/paint.js', 'public, max-age=3600'],
      [hashedPath(), 'public, max-age=31536000, immutable'],
    ] as const) {
      const { status, headers, body } = await ask(path, { 'Accept-Encoding': encoding })
      expect([status, headers['cache-control'], headers['vary']]).toEqual([200, cached, 'Accept-Encoding'])
      expect(headers['content-encoding']).toBe(encoding === 'identity' ? undefined : encoding)
      expect(decode(body)).toEqual(source)
      const again = await ask(path, { 'Accept-Encoding': encoding, 'If-None-Match': headers['etag'] ?? '' })
      expect([again.status, again.body.length, again.headers['etag']]).toEqual([304, 0, headers['etag']])
    }
  },
)

test('nothing is left at the paths that a blocker knows', async () => {
  expect((await ask('/clicktrail.js')).status).toBe(404)
  expect((await ask('/v1/events')).status).toBe(404)
  expect((await ask('/paint')).status).toBe(405)
})
