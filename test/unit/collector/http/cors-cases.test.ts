import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type ListeningCollector,
  type ListeningCollectorOptions,
  startListeningCollector,
} from '../../../support/listening-collector.ts'
import { exchange } from '../../../support/raw-exchange.ts'
import { type CorsCase, list, listedCases, nullCases, openCases } from './cors-cases.ts'

function requestOf({ method = 'POST', origin, headers = {}, body = '' }: CorsCase): Buffer {
  const all = { Host: 'collector.example', ...headers, ...(origin === undefined ? {} : { Origin: origin }) }
  const lines = Object.entries({ ...all, 'Content-Length': String(body.length), Connection: 'close' })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return Buffer.from(`${method} /v1/events HTTP/1.1\r\n${head}\r\n${body}`)
}

function corsOf(headers: Headers | undefined): Record<string, string> {
  const all = [...(headers ?? [])].filter(([name]) => name.startsWith('access-control-') || name === 'vary')
  return Object.fromEntries(all)
}

function describeCases(name: string, cases: readonly CorsCase[], options: ListeningCollectorOptions): void {
  describe(name, () => {
    let server: ListeningCollector
    beforeAll(async () => {
      server = await startListeningCollector(options)
    })
    afterAll(() => server.close())

    test.each(cases)('$name: $status', async corsCase => {
      const { answers } = await exchange(server.port, { bytes: requestOf(corsCase) })
      expect(answers.map(({ status, headers }) => [status, corsOf(headers)])).toEqual([
        [corsCase.status, corsCase.answer],
      ])
      const taken = corsCase.status < 300 && corsCase.method === 'POST' && corsCase.headers?.['Sec-GPC'] === undefined
      expect(server.takeRecords()).toHaveLength(taken ? 1 : 0)
    })
  })
}

describeCases('without a list', openCases, {})
describeCases('with a list', listedCases, { collector: { origins: list } })
describeCases('with null on the list', nullCases, { collector: { origins: ['null'] } })

test('a 503 tells a listed page when to come again', async () => {
  const server = await startListeningCollector({
    fake: { partitions: 0 },
    collector: { origins: list, deadlineMs: 100 },
  })
  const bytes = requestOf({
    name: '',
    origin: 'https://shop.example',
    body: '{"site":"s","events":[{"action":"a"}]}',
    status: 503,
    answer: {},
  })
  const [answer] = (await exchange(server.port, { bytes, timeoutMs: 8_000 })).answers
  await server.close()
  expect(answer?.status).toBe(503)
  expect(Number(answer?.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(corsOf(answer?.headers)).toEqual({
    'access-control-allow-origin': 'https://shop.example',
    'access-control-expose-headers': 'Retry-After',
    vary: 'Origin',
  })
})
