import { pino } from 'pino'
import { expect, test, vi } from 'vitest'
import { readSites } from '../../../../collector/http/sites.ts'
import { TopicError } from '../../../../topic/topic.ts'
import { type ListeningCollectorOptions, startListeningCollector } from '../../../support/listening-collector.ts'
import { exchange } from '../../../support/raw-exchange.ts'

const marker = 'Marker7f3a'
const clientAddress = '203.0.113.77'
const network = '203.0.113.0'
const patience = { timeout: 10_000 }

function post(body: string, lines: readonly string[] = []): Buffer {
  const head = [
    `POST /v1/events?age=5&${marker} HTTP/1.1`,
    'Host: x',
    'Connection: close',
    `X-Forwarded-For: ${clientAddress}`,
    `User-Agent: ${marker}`,
    ...lines,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}

const valid = `{"site":"x","user":"${marker}","events":[{"action":"a","properties":{"p":"${marker}"}}]}`

/** Every line that is logged, at any level, while the bytes are sent. */
async function linesOf(options: ListeningCollectorOptions, all: readonly Buffer[]): Promise<string[]> {
  const lines: string[] = []
  const logger = pino({ level: 'trace' }, { write: line => void lines.push(line) })
  const started = await startListeningCollector({
    ...options,
    collector: {
      logger,
      trustedProxies: 1,
      ip: 'cut',
      visitor: { mode: 'daily', secret: marker },
      ...options.collector,
    },
    listen: { logger, headersTimeoutMs: 200, ...options.listen },
  })
  for (const bytes of all) await exchange(started.port, { bytes, timeoutMs: 1_000 })
  await started.close()
  return lines
}

function expectNothingPersonal(lines: readonly string[]): void {
  const text = lines.join('')
  expect(text).not.toContain(marker)
  for (const address of [clientAddress, network, '127.0.0.1', '::1']) expect(text).not.toContain(address)
}

const read = readSites('{"sites":{"x":{"origins":["https://x.example"]}}}')
const rejecting = (error: unknown) => ({ onAppend: () => Promise.reject(error) })

test.each<[string, ListeningCollectorOptions, Buffer[]]>([
  ['bodies are taken', {}, [post(valid)]],
  [
    'bodies are refused',
    {},
    [
      post(`{"${marker}`),
      post(`{"site":"x","events":"${marker}"}`),
      post(`{"site":"x","events":[{"action":7,"properties":{"${marker}":{}}}]}`),
      post(valid.padEnd(70_000)),
      post(valid, [`Content-Type: text/${marker}`]),
      post(
        valid,
        Array.from({ length: 100 }, (_, n) => `A${n}: ${marker}`),
      ),
    ],
  ],
  [
    'bytes are no HTTP, too large or cut off',
    {},
    [
      Buffer.from(`${marker} \r\n\r\n`),
      post(valid, [`A: ${marker.repeat(2_000)}`]),
      post(valid).subarray(0, -5),
      post(valid).subarray(0, 60),
    ],
  ],
  ['an address is limited', { collector: { rateLimit: 1 } }, [post(valid), post(valid), post(valid)]],
  [
    'a site or an origin is refused',
    { collector: 'sites' in read ? { sites: read.sites } : {} },
    [post(valid.replace('"x"', `"${marker}"`)), post(valid, [`Origin: https://${marker}.example`])],
  ],
  ['the topic is away', { fake: rejecting(new TopicError('unavailable', 'the broker is away')) }, [post(valid)]],
  [
    'the topic refuses',
    { fake: rejecting(new TopicError('record_too_large', 'too large', { index: 0 })) },
    [post(valid)],
  ],
  ['the topic fails', { fake: rejecting(new Error('a fault of the writer')) }, [post(valid)]],
  [
    'the topic hangs',
    { fake: { onAppend: () => new Promise(() => {}) }, collector: { deadlineMs: 100 } },
    [post(valid)],
  ],
])('no line of the log has a body, a header or an address while %s', async (_, options, all) => {
  const lines = await linesOf(options, all)
  expect(lines.length).toBeGreaterThan(0)
  expectNothingPersonal(lines)
})

test('a fault of the collector itself is logged without them', async () => {
  const lines: string[] = []
  const logger = pino({ level: 'trace' }, { write: line => void lines.push(line) })
  const { port, writer, close } = await startListeningCollector({ collector: { logger, trustedProxies: 1 } })
  vi.spyOn(writer, 'partitions').mockImplementation(() => {
    throw new Error('a fault')
  })
  const { answers } = await exchange(port, { bytes: post(valid) })
  expect(answers[0]?.status).toBe(500)
  await vi.waitUntil(() => lines.some(line => line.includes('a request failed')), patience)
  vi.restoreAllMocks()
  await close()
  expectNothingPersonal(lines)
})
