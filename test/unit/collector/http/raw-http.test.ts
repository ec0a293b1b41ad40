import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type ListeningCollector, startListeningCollector } from '../../../support/listening-collector.ts'
import { exchange } from '../../../support/raw-exchange.ts'
import { type RawCase, rawCases } from './raw-http-cases.ts'

const body = (action: string) => `{"site":"raw","events":[{"action":"${action}"}]}`
const post = (action: string) =>
  `POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: ${body(action).length}\r\n\r\n${body(action)}`
/** Behind each case: a request whose answer shows that the connection is in step, and one that ends it. */
const next = Buffer.from(`${post('next')}GET /end HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)

let server: ListeningCollector
beforeAll(async () => {
  server = await startListeningCollector()
})
afterAll(() => server.close())
afterEach(() => server.takeRecords())

/** How many answers of each status from 400 on were counted until now. */
async function countedRefusals(): Promise<Map<number, number>> {
  const lines = await (await server.collector.admin.request('/metrics')).text()
  const counted = new Map<number, number>()
  for (const [, status, count] of lines.matchAll(/requests_answered_total\{status="([45]\d\d)".*\} (\d+)/g)) {
    counted.set(Number(status), (counted.get(Number(status)) ?? 0) + Number(count))
  }
  return counted
}

const actions = () => server.takeRecords().map(({ event }) => event.action)

async function meets({ bytes, answers, appended, usable }: RawCase, pace: { chunkBytes?: number }): Promise<void> {
  const before = await countedRefusals()
  const outcome = await exchange(server.port, { bytes: Buffer.concat([bytes, next]), ...pace })
  // Over another connection: it comes to the topic after whatever the first has left there.
  const after = await exchange(server.port, { bytes: next })
  expect({
    answers: outcome.answers.map(({ status }) => status),
    appended: actions().toSorted(),
    timedOut: outcome.timedOut,
    after: after.answers.map(({ status }) => status),
  }).toEqual({
    answers: usable ? [...answers, 204, 404] : answers,
    appended: [...Array(appended).fill('case'), ...(usable ? ['next', 'next'] : ['next'])],
    timedOut: false,
    after: [204, 404],
  })
  const refusals = [...outcome.answers, ...after.answers].map(({ status }) => status).filter(status => status >= 400)
  const counted = [...(await countedRefusals())].flatMap(([status, count]) =>
    Array<number>(count - (before.get(status) ?? 0)).fill(status),
  )
  expect(counted.toSorted()).toEqual(refusals.toSorted())
}

describe('sent at once', () => {
  test.each(rawCases)('$name', rawCase => meets(rawCase, {}))
})

describe('sent a few bytes at a time', () => {
  test.each(rawCases.filter(({ bytes }) => bytes.length < 2_000))('$name', rawCase => meets(rawCase, { chunkBytes: 7 }))
})

test('no name stands twice in the table', () => {
  expect(new Set(rawCases.map(({ name }) => name)).size).toBe(rawCases.length)
})

describe('a client that is slow or gone', () => {
  const half = post('half').slice(0, -10)
  let impatient: ListeningCollector
  beforeAll(async () => {
    impatient = await startListeningCollector({
      collector: { bodyTimeoutMs: 200 },
      listen: { headersTimeoutMs: 200, requestTimeoutMs: 400 },
    })
  })
  afterAll(() => impatient.close())

  const cases: [string, string, 'wait' | 'end' | 'reset', number[], string[]?][] = [
    ['slow headers', half.slice(0, 30), 'wait', [408]],
    ['a slow body', half, 'wait', [408]],
    [
      'a slow body in chunks',
      'POST /v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"sit',
      'wait',
      [408],
    ],
    ['silence', '', 'wait', [408]],
    ['an end before the first byte', '', 'end', []],
    ['an end in the headers', half.slice(0, 30), 'end', [400]],
    ['an end in the body', half, 'end', [400]],
    [
      'an end in a chunk',
      'POST /v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"sit',
      'end',
      [400],
    ],
    ['an end behind a whole request', post('whole'), 'end', [204], ['whole']],
    ['a reset in the headers', half.slice(0, 30), 'reset', []],
    ['a reset in the body', half, 'reset', []],
  ]
  test.each(cases)('%s', async (_, bytes, then, answers, appended = []) => {
    const outcome = await exchange(impatient.port, { bytes: Buffer.from(bytes), then })
    expect(outcome).toMatchObject({ timedOut: false, answers: answers.map(status => ({ status })) })
    expect(outcome.answers).toHaveLength(answers.length)
    const after = await exchange(impatient.port, { bytes: next })
    expect(after.answers.map(({ status }) => status)).toEqual([204, 404])
    const actions = impatient.takeRecords().map(({ event }) => event.action)
    expect(actions.toSorted()).toEqual(['next', ...appended])
  })
})
