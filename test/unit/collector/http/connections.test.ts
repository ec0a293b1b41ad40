import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { startListeningCollector } from '../../../support/listening-collector.ts'
import { chunkedPost, client, closeAll, post, postOf, startServer } from './connections-server.ts'

afterEach(closeAll)

const get = 'GET /else HTTP/1.1\r\nHost: x\r\n\r\n'

/** A gate that is shut until it is opened. */
function gate() {
  let open = () => {}
  const shut = new Promise<void>(resolve => {
    open = resolve
  })
  return { shut, open: () => open() }
}

describe('a plain request is answered without Node’s parser', () => {
  test('from the first on a connection to the last', async () => {
    const { state, port } = await startServer()
    const one = client(port)
    for (const body of ['{"a":1}', '{"b":2}', '{"c":3}']) await one.send(postOf(body))
    expect(one.statuses()).toEqual([204, 204, 204])
    expect(state).toMatchObject({ parsed: 0, bodies: ['{"a":1}', '{"b":2}', '{"c":3}'] })
  })

  test('with a line break between two, which says nothing', async () => {
    const { state, port } = await startServer()
    const one = client(port)
    await one.send()
    one.socket.write('\r\n')
    await sleep(10)
    await one.send()
    expect(state.parsed).toBe(0)
  })

  test.each([
    ['another path', get, 1],
    ['another path, from a page', postOf('{}', 'Origin: https://x.example\r\n').replace('/v1/events', '/v1/other'), 1],
    ['a body in chunks', chunkedPost, 1],
    ['an expectation', postOf('{}', 'Expect: 100-continue\r\n'), 1],
    ['two requests at once', `${post}${post}`, 2],
  ])('and after the parser has answered %s, at the latest the second one again', async (_, bytes, parsed) => {
    const { state, port } = await startServer()
    const one = client(port)
    await one.send()
    await one.send(bytes)
    await vi.waitUntil(() => state.parsed === parsed)
    await vi.waitUntil(() => one.statuses().filter(status => status >= 200).length === 1 + parsed)
    await one.send()
    const before = state.parsed
    expect(before).toBeLessThanOrEqual(parsed + 1)
    await one.send()
    await one.send()
    expect(state).toMatchObject({ parsed: before, served: 4 + parsed })
  })
})

describe('what belongs to something else is never taken for a request', () => {
  test('a body that reads like one', async () => {
    const { state, port } = await startServer()
    const one = client(port)
    await one.send(
      `POST /v1/events HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: ${post.length}\r\n\r\n`,
    )
    await one.send(post)
    expect(one.statuses()).toEqual([100, 204])
    expect(state.bodies).toEqual([post])
  })

  test('a body that reads like one, behind a whole request', async () => {
    const { state, port } = await startServer()
    const one = client(port)
    await one.send(`${post}POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: ${post.length}\r\n\r\n`)
    await vi.waitUntil(() => state.received === 2)
    await one.send(post)
    expect(one.statuses()).toEqual([204, 204])
    expect(state.bodies).toEqual(['{}', post])
  })

  test('a body that reads like one, behind headers whose end does, when the answer is there already', async () => {
    const { state, port } = await startServer()
    const one = client(port)
    await one.send()
    one.socket.write(`POST /at-once HTTP/1.1\r\nContent-Length: ${post.length}\r\nX: `)
    await sleep(10)
    await one.send('POST /at-once HTTP/1.1\r\nHost: x\r\n\r\n')
    one.socket.write(post)
    await sleep(10)
    await one.send(postOf('{"after":1}'))
    expect(state.bodies).toEqual(['{}', '{"after":1}'])
  })

  test('what follows the beginning of another', async () => {
    const { state, port } = await startServer()
    const one = client(port)
    await one.send(`${post}POST /v1/events HTTP/1.1\r\nX: `)
    await one.send(post)
    expect(one.statuses()).toEqual([204, 204])
    expect(state).toMatchObject({ parsed: 2, served: 2 })
  })
})

/** A server on which somebody's first request waits for its answer. */
async function waiting(bytes: string) {
  const server = await startServer()
  const { shut, open } = gate()
  server.state.gate = shut
  const one = client(server.port)
  one.socket.write(bytes)
  await vi.waitUntil(() => server.state.received === 1)
  return { ...server, one, answer: open }
}

describe('answers come in the order of the requests', () => {
  test.each([
    ['a plain one behind a plain one', postOf('first'), postOf('second'), 0],
    ['a plain one behind one in chunks', chunkedPost.replace('2\r\n{}', '5\r\nfirst'), postOf('second'), 2],
    ['a plain one behind one for another path', postOf('first').replace('events', 'other'), postOf('second'), 2],
    ['one in chunks behind a plain one', postOf('first'), chunkedPost.replace('2\r\n{}', '6\r\nsecond'), 1],
  ])('%s that waits for its answer', async (_, first, second, parsed) => {
    const { state, one, answer } = await waiting(first)
    one.socket.write(second)
    await sleep(20)
    expect(one.statuses()).toEqual([])
    answer()
    await vi.waitUntil(() => one.statuses().length === 2)
    expect(state).toMatchObject({ parsed, bodies: ['first', 'second'] })
    await one.send()
  })

  test('and the end of what a client sends comes after the answer', async () => {
    const { one, answer } = await waiting(post)
    one.socket.end()
    await sleep(20)
    answer()
    await one.closed()
    expect(one.statuses()).toEqual([204])
  })
})

describe('a client that doesn’t read its answers', () => {
  async function deaf(standstillTimeoutMs: number) {
    const server = await startServer({ standstillTimeoutMs })
    server.state.message = 'x'.repeat(8_000_000)
    const one = client(server.port)
    one.socket.pause().write(post)
    await vi.waitUntil(() => server.state.served === 1)
    one.socket.write(post)
    await sleep(20)
    return { ...server, one }
  }

  test('gets no more of them until it does', async () => {
    const { state, one } = await deaf(5_000)
    expect(state.received).toBe(1)
    one.socket.resume()
    await vi.waitUntil(() => one.statuses().length === 2)
  })

  test('is cut when it stands still', async () => {
    const { state, one, open } = await deaf(50)
    await vi.waitUntil(async () => (await open()) === 0)
    one.socket.resume()
    await one.closed()
    expect(state.received).toBe(1)
    expect(one.text().length).toBeLessThan(8_000_000)
  })
})

describe('time', () => {
  test('a connection that says nothing is answered with 408', async () => {
    const { port } = await startServer({ headersTimeoutMs: 50 })
    const one = client(port)
    await one.closed()
    expect(one.statuses()).toEqual([408])
  })

  test('one whose request came while the process stood still is answered', async () => {
    const { state, port } = await startServer({ headersTimeoutMs: 50 })
    state.gate = sleep(300)
    const one = client(port)
    await once(one.socket, 'connect')
    await sleep(10)
    one.socket.write(post)
    const beganMs = performance.now()
    while (performance.now() < beganMs + 200);
    await vi.waitUntil(() => one.statuses().length === 1)
    expect(one.statuses()).toEqual([204])
  })
})

describe('the last answer of a connection', () => {
  test.each([
    ['plain ones', [post, post, post]],
    ['one in chunks', [post, post, chunkedPost]],
    ['a plain one behind one in chunks', [post, chunkedPost, post]],
  ])('is that of the last request that it may carry: %s', async (_, requests) => {
    const { port } = await startServer({ requestsPerSocket: 3 })
    const one = client(port)
    for (const request of requests) await one.send(request)
    await one.closed()
    expect(one.text().match(/connection: \S+/gi)).toEqual([
      'Connection: keep-alive',
      'Connection: keep-alive',
      expect.stringMatching(/^connection: close$/i),
    ])
  })

  test('and what is sent behind it is not taken', async () => {
    const { port, takeRecords, close } = await startListeningCollector({ listen: { requestsPerSocket: 3 } })
    const one = client(port)
    const batch = postOf('{"site":"x","events":[{"action":"a"}]}')
    await one.send(batch)
    await one.send(batch)
    one.socket.write(`${batch}${batch}${batch}`)
    await one.closed()
    expect(one.statuses()).toEqual([204, 204, 204])
    expect(takeRecords()).toHaveLength(3)
    await close()
  })

  test('is the next one when all are to end; those without a request are closed', async () => {
    const { state, port, connections } = await startServer({ headersTimeoutMs: 60_000 })
    const { shut, open } = gate()
    const [silent, idle, busy] = [client(port), client(port), client(port)]
    await once(silent.socket, 'connect')
    await idle.send()
    connections.closeIdle()
    await idle.closed()
    expect(silent.socket.closed).toBe(false)
    state.gate = shut
    busy.socket.write(post)
    await vi.waitUntil(() => state.received === 2)
    connections.end()
    connections.closeIdle()
    await silent.closed()
    open()
    await busy.closed()
    expect(busy.text()).toMatch(/^HTTP\/1\.1 204 [\s\S]*Connection: close/)
  })
})

test('a connection whose request Node’s parser has read does not rest before it is answered', async () => {
  const { one, connections, answer } = await waiting(chunkedPost)
  connections.closeIdle()
  answer()
  await vi.waitUntil(() => one.statuses().length === 1)
})

test.each([
  ['a body in pieces', ['POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n{', '"a', '}']],
  ['a body in chunks', [chunkedPost]],
  ['headers in pieces', ['GET / HTTP/1.1\r\nHo', 'st: x\r\n\r\n']],
])('a connection that has brought %s rests when it is answered, and not before', async (_, pieces) => {
  const { port, connections, open } = await startServer()
  const one = client(port)
  await one.send()
  for (const piece of pieces) {
    one.socket.write(piece)
    await sleep(10)
    if (piece !== pieces.at(-1)) connections.closeIdle()
  }
  await vi.waitUntil(() => one.statuses().length === 2)
  connections.closeIdle()
  await one.closed()
  expect(await open()).toBe(0)
})

test('a client that sends on and on without its answer is cut when that is too much', async () => {
  const { state, port } = await startServer({ maxHeldBytes: 10_000 })
  state.gate = new Promise(() => {})
  const one = client(port)
  one.socket.write(post)
  await vi.waitUntil(() => state.received === 1)
  one.socket.write('x'.repeat(20_000))
  await one.closed()
  expect(one.statuses()).toEqual([])
})
