import { pino } from 'pino'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { CollectorOptions } from '../../../../collector/collector.ts'
import { type ListeningCollector, startListeningCollector } from '../../../support/listening-collector.ts'
import { client, closeAll } from './connections-server.ts'

const open: ListeningCollector[] = []
afterEach(async () => {
  closeAll()
  vi.doUnmock('../../../../collector/http/shared-reads.ts')
  await Promise.all(open.splice(0).map(each => each.close()))
})

const valid = '{"site":"shop","tab":"0123456789abcdefghij","events":[{"action":"a","n":1}]}'
const partly = '{"site":"shop","tab":"0123456789abcdefghij","events":[{"action":"a","n":1},{"action":7,"n":2}]}'

interface Case {
  body?: string
  target?: string
  /** Each with its CRLF. */
  lines?: string
  collector?: Partial<CollectorOptions>
  status: number
}

const origins = ['https://shop.example']
const sites = new Map([['shop', ['https://shop.example']]])
const cases: Record<string, Case> = {
  'a batch': { status: 204 },
  'a batch from a page': { lines: 'Origin: https://shop.example\r\n', status: 204 },
  'a batch from a listed page': { lines: 'ORIGIN:  https://shop.example \r\n', collector: { origins }, status: 204 },
  'a page that is not listed': { lines: 'Origin: https://evil.example\r\n', collector: { origins }, status: 403 },
  'a site that is not listed': { body: valid.replace('shop', 'zürich'), collector: { sites }, status: 403 },
  'a batch that waited': { target: '/v1/events?age=60000', status: 204 },
  'one event of two': { body: partly, status: 200 },
  'no JSON': { body: '{"sité":', status: 400 },
  'no body': { body: '', status: 400 },
  'another type': { lines: 'Content-Type: text/html\r\n', status: 415 },
  'a coding': { lines: 'Content-Encoding: gzip\r\n', status: 415 },
  'a visitor who objects': { lines: 'Sec-GPC: 1\r\n', status: 204 },
  'a page that is fetched ahead': { lines: 'Sec-Purpose: prefetch;prerender\r\n', status: 204 },
  'too many requests': { collector: { rateLimit: 0.001 }, status: 429 },
  'a full collector': { collector: { maxInFlightBytes: 0 }, status: 503 },
  'many headers': { lines: Array.from({ length: 99 }, (_, n) => `X-${n}: 1\r\n`).join(''), status: 431 },
  'a browser and its language': {
    lines:
      'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\nAccept-Language: de-DE,de\r\n',
    status: 204,
  },
  'a proxy': { lines: 'X-Forwarded-For: 198.51.100.7\r\n', collector: { trustedProxies: 1, ip: 'cut' }, status: 204 },
}

/** Its answer, but for the time, what came onto the topic, but for ids, and what was counted. */
async function outcome({ body = valid, target = '/v1/events', lines = '', collector = {} }: Case, way: string) {
  const server = await startListeningCollector({ collector: { now: () => 1_760_000_000_000, ...collector } })
  open.push(server)
  const bytes = Buffer.from(body)
  const one = client(server.port)
  await one.send(`POST ${target} HTTP/1.1\r\nHost: x\r\n${way}${lines}Content-Length: ${bytes.length}\r\n\r\n${body}`)
  const metrics = await (await server.collector.admin.request('/metrics')).text()
  return {
    statuses: one.statuses(),
    answer: one.text().replace(/^Date: .* GMT/m, 'Date: now'),
    records: server.takeRecords().map(record => ({ ...record, event: { ...record.event, id: 'an id' } })),
    counted: metrics.split('\n').filter(line => /^\w+_total\b.* [1-9]\d*$/.test(line)),
  }
}

describe('an answer, its record and its counts are the same whether Node’s parser reads the request or not', () => {
  test.each(Object.entries(cases))('%s', async (_, each) => {
    const plain = await outcome(each, 'X-Way: plain\r\n')
    expect(plain.statuses).toEqual([each.status])
    expect(plain.answer).toContain('\r\nDate: now\r\n')
    // An expectation is the parser's, and may be passed over.
    expect(await outcome(each, 'Expect: nothing\r\n')).toEqual(plain)
  })
})

test('a Node that names its insides otherwise reads all requests itself, and the log says so', async () => {
  vi.resetModules()
  vi.doMock('../../../../collector/http/shared-reads.ts', () => ({ sharedReads: () => undefined }))
  const { startListeningCollector: start } = await import('../../../support/listening-collector.ts')
  const warn = vi.fn()
  const server = await start({ listen: { logger: pino({ level: 'warn' }, { write: warn }) } })
  const one = client(server.port)
  await one.send(`POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: ${valid.length}\r\n\r\n${valid}`)
  await server.close()
  await one.closed()
  expect(one.statuses()).toEqual([204])
  expect(warn.mock.calls.join()).toContain('this Node reads all requests itself')
})
