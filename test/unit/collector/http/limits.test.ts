import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { pino } from 'pino'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { httpLimits } from '../../../../collector/http/http-limits.ts'
import { limits } from '../../../../sdk/event.ts'
import {
  type ListeningCollector,
  type ListeningCollectorOptions,
  startListeningCollector,
} from '../../../support/listening-collector.ts'
import { exchange, type RawAnswer } from '../../../support/raw-exchange.ts'

const open: ListeningCollector[] = []
const patience = { timeout: 10_000 }

afterEach(async () => {
  await Promise.all(open.splice(0).map(each => each.close()))
})

async function start(options: ListeningCollectorOptions = {}): Promise<ListeningCollector> {
  const started = await startListeningCollector(options)
  open.push(started)
  return started
}

const valid = '{"site":"x","events":[{"action":"a"}]}'

function request(body = valid, lines: readonly string[] = ['Connection: close'], target = '/v1/events'): Buffer {
  const head = [`POST ${target} HTTP/1.1`, 'Host: x', ...lines, `Content-Length: ${Buffer.byteLength(body)}`]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}

async function answerTo(port: number, bytes: Buffer): Promise<RawAnswer | undefined> {
  return (await exchange(port, { bytes })).answers[0]
}

const x = (length: number) => 'x'.repeat(length)
const withEvent = (event: object) => JSON.stringify({ site: 's', events: [{ action: 'a', ...event }] })
const withEnvelope = (envelope: object) => JSON.stringify({ site: 's', events: [{ action: 'a' }], ...envelope })
const properties = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`p${n}`, n]))

describe('of a body', () => {
  test.each<[string, number, (size: number) => string, number]>([
    ['bytes', limits.bodyBytes, size => valid.padEnd(size), 413],
    ['bytes of letters of three each', limits.bodyBytes, size => withPadding(size), 413],
    ['events', limits.batchEvents, size => withEnvelope({ events: Array(size).fill({ action: 'a' }) }), 413],
    ['properties of an event', limits.properties, size => withEvent({ properties: properties(size) }), 200],
    ['characters of a property’s name', limits.nameChars, size => withEvent({ properties: { [x(size)]: 1 } }), 200],
    ['characters of a property’s text', limits.valueChars, size => withEvent({ properties: { p: x(size) } }), 200],
    ['characters of an action', limits.nameChars, size => withEvent({ action: x(size) }), 200],
    ['characters of a site', limits.nameChars, size => withEnvelope({ site: x(size) }), 400],
    ['characters of a visitor', limits.nameChars, size => withEnvelope({ visitor: x(size) }), 400],
    ['characters of a session', limits.nameChars, size => withEnvelope({ session: x(size) }), 400],
    ['characters of a tab', 40, size => withEnvelope({ tab: x(size), n: 1 }), 400],
    ['levels of a property', 0, size => withEvent({ properties: { p: size === 0 ? 1 : [1] } }), 200],
  ])('so many %s are taken: %i, and one more is not', async (_, most, bodyOf, refusal) => {
    const { port } = await start()
    expect((await answerTo(port, request(bodyOf(most))))?.status).toBe(204)
    const answer = await answerTo(port, request(bodyOf(most + 1)))
    expect(answer?.status).toBe(refusal)
    if (refusal === 200) expect(JSON.parse(answer?.body ?? '')).toMatchObject({ accepted: 0, rejected: [{ index: 0 }] })
  })

  function withPadding(size: number): string {
    const empty = withEnvelope({ note: '' }).length
    const body = withEnvelope({ note: '€'.repeat(Math.floor((size - empty) / 3)) })
    return body + ' '.repeat(size - Buffer.byteLength(body))
  }

  test.each([
    ['user', limits.nameChars, (text: string) => withEnvelope({ user: text }), ['user', 'name'], limits.nameChars],
    [
      'title',
      limits.valueChars,
      (text: string) => withEnvelope({ page: { title: text } }),
      ['page', 'title'],
      limits.valueChars,
    ],
    [
      'language',
      limits.nameChars,
      (text: string) => withEnvelope({ page: { language: text } }),
      ['page', 'language'],
      limits.nameChars,
    ],
    ['url', limits.urlChars, (text: string) => withEnvelope({ page: { url: url(text) } }), ['url', 'full'], undefined],
    [
      'referrer',
      limits.urlChars,
      (text: string) => withEnvelope({ page: { referrer: url(text) } }),
      ['http', 'request', 'referrer'],
      undefined,
    ],
  ] as const)(
    'a %s of %i characters is kept whole, and a longer one costs no event',
    async (_, most, bodyOf, path, kept) => {
      const { port, takeRecords } = await start()
      for (const [length, expected] of [
        [most, most],
        [most + 1, kept],
      ] as const) {
        expect((await answerTo(port, request(bodyOf(x(length)))))?.status).toBe(204)
        const text = path.reduce<unknown>((at, name) => (at === undefined ? at : Object(at)[name]), takeRecords()[0])
        expect(typeof text === 'string' ? text.length : undefined).toBe(expected)
      }
    },
  )

  function url(text: string): string {
    return `https://a.example/${text.slice('https://a.example/'.length)}`
  }

  test('brackets as deep as it is long are refused', async () => {
    const { port } = await start()
    expect((await answerTo(port, request('['.repeat(limits.bodyBytes))))?.status).toBe(400)
  })
})

describe('of the headers', () => {
  const withHeaders = (count: number) =>
    request(valid, ['Connection: close', ...Array.from({ length: count - 3 }, (_, n) => `A${n}: 1`)])

  test(`${httpLimits.headers} lines are taken, and one more is answered with 431, counted`, async () => {
    const { port, collector } = await start()
    expect((await answerTo(port, withHeaders(httpLimits.headers)))?.status).toBe(204)
    const answer = await answerTo(port, withHeaders(httpLimits.headers + 1))
    expect(answer).toMatchObject({ status: 431, body: expect.stringContaining('101 headers, at most 100') })
    expect((await answerTo(port, withHeaders(2_500)))?.status).toBe(431)
    const metrics = await (await collector.admin.request('/metrics')).text()
    expect(metrics).toContain('requests_answered_total{status="431",reason="too_many_headers"} 2')
  })

  // What counts is the target, the names and the values.
  const counted = 'Host' + 'x' + 'Connection' + 'close' + 'Content-Length' + '38' + 'A'
  test.each([
    ['a header', (size: number) => request(valid, ['Connection: close', `A: ${x(size - '/v1/events'.length)}`])],
    [
      'the target',
      (size: number) => request(valid, ['Connection: close', 'A:'], `/v1/events?${x(size - '/v1/events?'.length)}`),
    ],
  ])('16 KiB are taken, and one byte more, in %s, is answered with 431', async (_, bytesOf) => {
    const { port } = await start()
    const room = httpLimits.headerBytes - counted.length
    expect((await answerTo(port, bytesOf(room)))?.status).toBe(204)
    expect((await answerTo(port, bytesOf(room + 1)))?.status).toBe(431)
  })
})

describe('of time', () => {
  /** Writes two pieces with a pause between them. */
  async function slowly(port: number, bytes: Buffer, at: number, pauseMs: number): Promise<string> {
    const socket = connect(port, '127.0.0.1')
    const all = received(socket)
    socket.write(bytes.subarray(0, at))
    await new Promise(resolve => setTimeout(resolve, pauseMs))
    if (socket.writable) socket.write(bytes.subarray(at))
    return all
  }

  const slow = request()
  const headersEnd = slow.indexOf('\r\n\r\n') + 4
  test.each([
    ['headers', { listen: { headersTimeoutMs: 300 } }, 30],
    ['a body', { collector: { bodyTimeoutMs: 300 } }, headersEnd + 5],
    ['a request as a whole', { listen: { headersTimeoutMs: 300, requestTimeoutMs: 300 } }, headersEnd + 5],
  ])('%s that come within it are taken, later ones are answered with 408', async (_, options, at) => {
    const { port } = await start(options)
    expect(await slowly(port, slow, at, 20)).toMatch(/^HTTP\/1\.1 204 /)
    expect(await slowly(port, slow, at, 1_200)).toMatch(/^HTTP\/1\.1 408 /)
  })
})

async function received(socket: Socket): Promise<string> {
  const chunks: string[] = []
  socket.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk))
  // A connection that is refused may end by a reset.
  socket.on('error', () => {})
  await once(socket, 'close')
  return chunks.join('')
}

describe('of connections', () => {
  test('one more than may be open is closed unanswered where all are busy, and the log says so', async () => {
    const warn = vi.fn()
    const { port } = await start({ listen: { sockets: 3, logger: pino({ level: 'warn' }, { write: warn }) } })
    const busy = await Promise.all([1, 2, 3].map(() => halfAsked(port)))
    expect((await exchange(port, { bytes: request() })).answers).toEqual([])
    await vi.waitUntil(() => warn.mock.calls.length === 1, patience)
    for (const socket of busy) {
      const answer = received(socket)
      socket.write('\r\nConnection: close\r\n\r\n')
      expect(await answer).toMatch(/^HTTP\/1\.1 404 /)
    }
  })

  test('idle ones make room for new ones', { timeout: 15_000 }, async () => {
    const { port } = await start({ listen: { sockets: 8 } })
    for (let n = 0; n < 20; n++) await vi.waitUntil(() => isAnsweredAndIdle(port), patience)
  })

  test('the last request that one may carry is answered with Connection: close, and what a client sends after it with 503', async () => {
    const { port, writer } = await start({ listen: { requestsPerSocket: 3 } })
    const bytes = Buffer.concat(Array.from({ length: 4 }, () => request(valid, [])))
    const { answers } = await exchange(port, { bytes, timeoutMs: 500 })
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 503])
    expect(answers.map(({ headers }) => headers.get('connection'))).toEqual([
      'keep-alive',
      'keep-alive',
      'close',
      'close',
    ])
    expect(writer.values.length).toBe(3)
  })

  async function halfAsked(port: number): Promise<Socket> {
    const socket = connect(port, '127.0.0.1')
    socket.write('GET /nothing HTTP/1.1\r\nHost: x')
    await once(socket, 'connect')
    return socket
  }

  /** Leaves its connection open. */
  async function isAnsweredAndIdle(port: number): Promise<boolean> {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {}).write(request(valid, []))
    const chunks = await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => [])])
    return /^HTTP\/1\.1 204 /.test(String(chunks[0]))
  }
})
