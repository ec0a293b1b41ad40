import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Hono } from 'hono'
import { pino } from 'pino'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type CollectorOptions, createCollector } from '../../../../collector/collector.ts'
import { type Listening, type ListenOptions, listen } from '../../../../collector/http/listen.ts'
import { decodeRecord } from '../../../../topic/record.ts'
import { createFakeTopicWriter, type FakeTopicWriterOptions } from '../../../support/fake-topic-writer.ts'

const logger = pino({ level: 'silent' })
const patience = { timeout: 10_000 }
const valid = '{"site":"x","events":[{"action":"signup"}]}'
const open: Listening[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map(listening => listening.close()))
})

async function serve(app: Hono, options: Partial<ListenOptions> = {}): Promise<Listening> {
  const listening = await listen({ app, host: '127.0.0.1', port: 0, logger, ...options })
  open.push(listening)
  return listening
}

async function serveCollector(fake: FakeTopicWriterOptions = {}, options: Partial<CollectorOptions> = {}) {
  const writer = createFakeTopicWriter(fake)
  const collector = createCollector({
    writer,
    script: Buffer.from('script'),
    logger,
    ip: 'cut',
    visitor: { mode: 'daily', secret: 's' },
    ...options,
  })
  return { writer, collector, listening: await serve(collector.app, { direct: collector.events }) }
}

async function received(socket: Socket): Promise<string> {
  const chunks: string[] = []
  socket.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk))
  await once(socket, 'close')
  return chunks.join('')
}

describe('over a real socket', () => {
  test('a batch is acknowledged, and its record knows the network of the client', async () => {
    const { writer, listening } = await serveCollector()
    const response = await fetch(`${listening.url}/v1/events`, { method: 'POST', body: valid })
    expect(response.status).toBe(204)
    const decoded = decodeRecord(writer.values[0] ?? null)
    expect(decoded).toMatchObject({
      record: { client: { ip: '127.0.0.0' }, user: { id: expect.stringMatching(/^.{16}$/) } },
    })
  })

  test.each([70_000, 130_000, 1_000_000])('a body of %i bytes gets its 413', async bytes => {
    const { listening } = await serveCollector()
    const response = await fetch(`${listening.url}/v1/events`, { method: 'POST', body: valid.padEnd(bytes) })
    expect(response.status).toBe(413)
    expect(await response.json()).toEqual({ error: expect.stringContaining('more than 65536 bytes') })
  })

  test('a large body that is refused for its headers gets that answer', async () => {
    const { listening } = await serveCollector()
    const headers = { 'Content-Type': 'text/html' }
    const response = await fetch(`${listening.url}/v1/events`, { method: 'POST', body: valid.padEnd(70_000), headers })
    expect(response.status).toBe(415)
  })

  test('a client that breaks off in the middle of its body harms nobody', async () => {
    const { collector, listening } = await serveCollector()
    const socket = connect(listening.port, '127.0.0.1')
    socket.write(
      `POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\n${valid}`,
    )
    await once(socket, 'connect')
    socket.resetAndDestroy()
    const metrics = async () => (await collector.admin.request('/metrics')).text()
    await vi.waitUntil(async () => (await metrics()).includes('{status="400",reason="bad_request"} 1'), patience)
    expect((await fetch(`${listening.url}/v1/events`, { method: 'POST', body: valid })).status).toBe(204)
  })

  test('a body that comes too slowly is answered with 408, and the connection is closed', async () => {
    const { listening } = await serveCollector({}, { bodyTimeoutMs: 50 })
    const socket = connect(listening.port, '127.0.0.1')
    socket.write(
      `POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\n${valid}`,
    )
    expect(await received(socket)).toMatch(/^HTTP\/1\.1 408 [\s\S]*the body did not arrive/)
  })

  test('headers that come too slowly are answered with 408', async () => {
    const { port } = await serve(new Hono(), { headersTimeoutMs: 100 })
    const socket = connect(port, '127.0.0.1')
    socket.write('POST /v1/events HTTP/1.1\r\nHost:')
    expect(await received(socket)).toMatch(/^HTTP\/1\.1 408 /)
  })

  test('headers of more than 16 KiB are answered with 431', async () => {
    const { listening } = await serveCollector()
    const headers = { 'X-Large': 'x'.repeat(17_000) }
    expect((await fetch(listening.url, { headers })).status).toBe(431)
  })
})

describe('the port', () => {
  test('that is taken makes an error that names the setting', async () => {
    const { port } = await serve(new Hono())
    await expect(serve(new Hono(), { port })).rejects.toThrow(
      `port ${port} on 127.0.0.1 is taken: stop what listens there, or set CLICKTRAIL_PORT to another port`,
    )
    await expect(serve(new Hono(), { port, setting: 'CLICKTRAIL_ADMIN_PORT' })).rejects.toThrow(
      'set CLICKTRAIL_ADMIN_PORT',
    )
  })

  test('of an address that is not this machine’s makes an error that names the host’s setting', async () => {
    await expect(serve(new Hono(), { host: '192.0.2.1' })).rejects.toThrow('set CLICKTRAIL_HOST')
  })

  test('on all addresses has a URL that a browser here can open', async () => {
    const { url, port } = await serve(
      new Hono().get('/', context => context.text('here')),
      { host: '0.0.0.0' },
    )
    expect(url).toBe(`http://localhost:${port}`)
    expect(await (await fetch(url)).text()).toBe('here')
  })
})

describe('closing', () => {
  test('finishes a request in flight and takes no new connection', async () => {
    let acknowledge = () => {}
    const onAppend = () =>
      new Promise<void>(resolve => {
        acknowledge = resolve
      })
    const { writer, collector, listening } = await serveCollector({ onAppend })
    const response = fetch(`${listening.url}/v1/events`, { method: 'POST', body: valid })
    await vi.waitUntil(() => writer.appends.length === 1, patience)
    const closing = Promise.all([collector.close(), listening.close()])
    const refused = () =>
      fetch(listening.url).then(
        () => false,
        () => true,
      )
    await vi.waitUntil(refused, patience)
    acknowledge()
    expect((await response).status).toBe(204)
    await closing
  })

  test('ends idle connections, also those that become idle while it waits', async () => {
    let answer = () => {}
    const answered = new Promise<void>(resolve => {
      answer = resolve
    })
    const app = new Hono().get('/slow', async context => {
      await answered
      return context.text('done')
    })
    const { port, close } = await serve(app)
    const idle = connect(port, '127.0.0.1')
    const busy = connect(port, '127.0.0.1')
    const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`
    idle.write(request('/'))
    await once(idle, 'data')
    busy.write(request('/slow'))
    const both = Promise.all([received(idle), received(busy)])
    const closing = close()
    answer()
    expect((await both)[1]).toMatch(/^HTTP\/1\.1 200 [\s\S]*done/)
    await closing
  })

  test('cuts what does not end within its time', async () => {
    const reached = vi.fn(() => new Promise<Response>(() => {}))
    const { url, close } = await serve(new Hono().get('/hang', reached), { closeTimeoutMs: 50 })
    const hanging = fetch(`${url}/hang`).then(
      () => 'answered',
      () => 'cut',
    )
    await vi.waitUntil(() => reached.mock.calls.length === 1, patience)
    await close()
    expect(await hanging).toBe('cut')
  })
})
