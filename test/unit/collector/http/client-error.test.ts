import { connect } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  type ListeningCollector,
  type ListeningCollectorOptions,
  startListeningCollector,
} from '../../../support/listening-collector.ts'
import { exchange } from '../../../support/raw-exchange.ts'

const patience = { timeout: 10_000 }
const open: ListeningCollector[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map(each => each.close()))
})

async function start(options: ListeningCollectorOptions = {}): Promise<ListeningCollector> {
  const started = await startListeningCollector(options)
  open.push(started)
  return started
}

const body = '{"site":"x","events":[{"action":"a"}]}'
const post = `POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`
const chunked = 'POST /v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'
const get = 'GET /clicktrail.js HTTP/1.1\r\nHost: x\r\n\r\n'

/** A topic that acknowledges when it is told to. */
function slowTopic() {
  let acknowledge = () => {}
  const onAppend = () =>
    new Promise<void>(resolve => {
      acknowledge = resolve
    })
  return { onAppend, acknowledge: () => acknowledge() }
}

const end = 'GET /end HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'

describe('a client that never closes its connection, and goes on sending, loses it', () => {
  test.each([
    ['while it reads no answer', get.repeat(9)],
    ['while it reads no answer, with a fault behind its requests', `${get.repeat(9)}GET /x HTTP/1.1\r\nHost: x\r\nX: `],
    ['while it reads no answer, with a fault in its last body', `${get.repeat(2)}${chunked}zz\r\n`],
    ['while the answer to what stands before a fault does not come', `${post}no HTTP\r\n\r\n`],
    ['after bytes that are no HTTP', 'no HTTP\r\n\r\n'],
  ])('%s', { timeout: 15_000 }, async (_, bytes) => {
    const { onAppend, acknowledge } = slowTopic()
    const { port } = await start({
      fake: { onAppend },
      collector: { script: Buffer.alloc(4_000_000, 'x'), deadlineMs: 60_000 },
      listen: { headersTimeoutMs: 200, standstillTimeoutMs: 300 },
    })
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    client.on('error', () => {}).pause()
    client.write(bytes)
    const dribble = setInterval(() => client.write('x'), 20)
    await vi.waitUntil(() => client.closed, patience)
    clearInterval(dribble)
    acknowledge()
  })
})

describe('requests before a fault keep their answers', () => {
  test.each([
    ['in the body behind them, which has its own in its turn', chunked, 'zz\r\n', [204, 400]],
    ['in the headers behind them', 'POST /v1', ' is no target\r\n\r\n', [204]],
  ])('%s', async (_, begin, fault, statuses) => {
    const { onAppend, acknowledge } = slowTopic()
    const server = await start({ fake: { onAppend } })
    const outcome = exchange(server.port, {
      bytes: Buffer.from(`${post}${begin}${fault}`),
      chunkBytes: post.length + begin.length,
    })
    await vi.waitUntil(() => server.writer.appends.length === 1, patience)
    // The fault is there long before the answer.
    expect((await exchange(server.port, { bytes: Buffer.from(end) })).answers).toHaveLength(1)
    acknowledge()
    expect((await outcome).answers.map(({ status }) => status)).toEqual(statuses)
    expect((await outcome).timedOut).toBe(false)
  })
})

test('a fault in the body of a request that nobody reads is its one answer, and nothing is printed', async () => {
  const print = vi.spyOn(console, 'error')
  const { port } = await start()
  const bytes = Buffer.from(`${chunked.replace('/v1/events', '/clicktrail.js')}zz\r\n`)
  expect((await exchange(port, { bytes })).answers.map(({ status }) => status)).toEqual([400])
  expect(print).not.toHaveBeenCalled()
})

test('a body with a fault gives its room back at once', async () => {
  const { port } = await start({ collector: { maxInFlightBytes: 600, bodyTimeoutMs: 60_000 } })
  await exchange(port, { bytes: Buffer.from(`${chunked}24e\r\n${' '.repeat(590)}\r\nzz\r\n`) })
  const isTaken = async () => (await exchange(port, { bytes: Buffer.from(post + end) })).answers[0]?.status === 204
  await vi.waitUntil(isTaken, patience)
})

describe('every refusal is JSON that says why, and counted once', () => {
  const twice = 'GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n'
  test.each<[string, string, number, string, number?]>([
    ['nothing there', end, 404, 'not_found'],
    ['the script, posted to', end.replace('GET /end', 'PUT /clicktrail.js'), 405, 'method_not_allowed'],
    ['two hosts', twice, 400, 'bad_request'],
    ['a Host that is none', end.replace('Host: x', 'Host: a/b'), 400, 'bad_request'],
    ['no HTTP', 'no HTTP\r\n\r\n', 400, 'bad_request'],
    ['a fault in a body', `${chunked}zz\r\n`, 400, 'bad_request'],
    ['a long extension of a chunk', `${chunked}2;${'x'.repeat(20_000)}\r\n`, 413, 'too_large'],
    ['large headers', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`, 431, 'too_many_headers'],
    ['large trailers', `${chunked}0\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`, 431, 'too_many_headers'],
    ['slow headers', 'GET / HTTP/1.1\r\nHost:', 408, 'timeout'],
    ['a slow body', `${chunked}5\r\n{`, 408, 'timeout'],
  ])('%s', async (_, bytes, status, reason) => {
    const { port, collector } = await start({ listen: { headersTimeoutMs: 200, requestTimeoutMs: 300 } })
    const { answers } = await exchange(port, { bytes: Buffer.from(bytes) })
    expect(answers.map(answer => answer.status)).toEqual([status])
    expect(answers[0]?.headers.get('content-type')).toBe('application/json')
    expect(JSON.parse(answers[0]?.body ?? '')).toEqual({ error: expect.stringMatching(/./) })
    expect(await countsOf(collector)).toEqual([`{status="${status}",reason="${reason}"} 1`])
  })

  test('what stands behind the last request of a connection is counted', async () => {
    const { port, collector } = await start({ listen: { requestsPerSocket: 1 } })
    const { answers } = await exchange(port, { bytes: Buffer.from(`${end.replace('close', 'keep-alive')}${end}`) })
    expect(answers.map(({ status }) => status)).toEqual([404, 503])
    expect(await countsOf(collector)).toContain('{status="503",reason="connection_spent"} 1')
  })

  /** The rows that are not 0. */
  async function countsOf({ admin }: ListeningCollector['collector']): Promise<string[]> {
    const name = 'clicktrail_collector_requests_answered_total'
    const lines = (await (await admin.request('/metrics')).text()).split('\n')
    return lines
      .filter(line => line.startsWith(`${name}{`) && !line.endsWith(' 0'))
      .map(line => line.slice(name.length))
  }
})
