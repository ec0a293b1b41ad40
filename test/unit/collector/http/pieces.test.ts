import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { client, closeAll, post, postOf, type ServerOptions, startServer } from './connections-server.ts'

afterEach(closeAll)

const body = 'x'.repeat(1_000)
const request = postOf(body)
const bodyAt = request.length - body.length

function standStill(ms: number): void {
  const beganMs = performance.now()
  while (performance.now() < beganMs + ms);
}

/** Writes bytes in pieces, each of which is read on its own. */
async function inPieces(bytes: string, cuts: readonly number[], options: ServerOptions = {}) {
  const server = await startServer(options)
  const one = client(server.port)
  await one.send()
  for (const [n, from] of [0, ...cuts].entries()) {
    one.socket.write(bytes.slice(from, cuts[n]))
    await sleep(10)
  }
  const answered = (count: number) => vi.waitUntil(() => one.statuses().length === 1 + count)
  return { ...server, one, answered }
}

describe('a plain request in pieces, as a network brings it', () => {
  test.each([
    ['head and body', [bodyAt]],
    ['head and body, cut in the body', [bodyAt + 1, bodyAt + 2, bodyAt + 999]],
  ])('is answered without Node’s parser: %s', async (_, cuts) => {
    const { state, answered } = await inPieces(request, cuts)
    await answered(1)
    expect(state).toMatchObject({ parsed: 0, bodies: ['{}', body] })
  })

  test('is the parser’s when its head comes in pieces', async () => {
    const { state, answered } = await inPieces(request, [bodyAt - 1])
    await answered(1)
    expect(state).toMatchObject({ parsed: 1, bodies: ['{}', body] })
  })

  test('is the parser’s when it is slow, and the next one is not', async () => {
    const { state, one, answered } = await inPieces(request.slice(0, -1), [bodyAt])
    await vi.waitUntil(() => state.parsed === 1)
    expect(state.served).toBe(1)
    one.socket.write('x')
    await answered(1)
    expect(state.bodies).toEqual(['{}', body])
    one.socket.write(request.slice(0, bodyAt))
    await sleep(10)
    one.socket.write(request.slice(bodyAt))
    await answered(2)
    expect(state.parsed).toBe(1)
  })

  test('is not slow while the process stands still', async () => {
    const { state, one, answered } = await inPieces(request.slice(0, -1), [bodyAt])
    one.socket.write('x')
    standStill(300)
    await answered(1)
    expect(state.parsed).toBe(0)
  })

  test('leaves nothing behind that would be late', async () => {
    const { state, one, answered } = await inPieces(request, [bodyAt])
    await answered(1)
    await sleep(270)
    for (const [from, to] of [[0, bodyAt], [bodyAt, bodyAt + 9], [bodyAt + 9]]) {
      one.socket.write(request.slice(from, to))
      await sleep(10)
    }
    await answered(2)
    expect(state.parsed).toBe(0)
  })

  test('is the parser’s when the next one has begun behind it', async () => {
    const { state, answered } = await inPieces(`${request}${post}`, [bodyAt + 1])
    await answered(2)
    expect(state).toMatchObject({ parsed: 2, bodies: ['{}', body, '{}'] })
  })

  test('is the parser’s when all that wait have brought too much', async () => {
    const { state, answered } = await inPieces(request, [bodyAt + 100, bodyAt + 200], { maxHeldBytes: 150 })
    await answered(1)
    expect(state).toMatchObject({ parsed: 1, bodies: ['{}', body] })
  })

  test('is not taken when its client ends before it does', async () => {
    const { state, one } = await inPieces(request.slice(0, -1), [bodyAt])
    one.socket.end()
    await one.closed()
    expect(state).toMatchObject({ served: 1 })
    // What this server says to half a request.
    expect(one.statuses()).toEqual([204, 408])
  })

  test('is answered in its turn when it waits for those before it', async () => {
    const { state, port, whenServed } = await startServer()
    const [one, other] = [client(port), client(port)]
    await Promise.all([one.send(), other.send()])
    state.workMs = 10
    whenServed(1, () => one.socket.write(request.slice(bodyAt)))
    one.socket.write(request.slice(0, bodyAt))
    await other.send()
    await vi.waitUntil(() => one.statuses().length === 2)
    expect(state).toMatchObject({ parsed: 0 })
    expect(state.bodies).toContain(body)
  })
})

describe('a server with more to do than time', () => {
  /** A head whose body comes in so many ms to a server of which all are sent away. */
  async function toFull(bodyMs: number) {
    const server = await startServer()
    const one = client(server.port)
    await one.send()
    server.state.isFull = true
    one.socket.write(request.slice(0, bodyAt))
    await sleep(bodyMs)
    return { ...server, one }
  }

  test.each([20, 350])('refuses whose body comes after %d ms as well', async bodyMs => {
    const { state, one } = await toFull(bodyMs)
    one.socket.write(request.slice(bodyAt))
    await vi.waitUntil(() => one.statuses().length === 2)
    expect(one.statuses()).toEqual([204, 503])
    expect(state).toMatchObject({ served: 1, refused: 1 })
  })
})

test('a connection with half a request does not rest', async () => {
  const { one, connections, answered } = await inPieces(request.slice(0, -1), [bodyAt])
  connections.closeIdle()
  one.socket.write('x')
  await answered(1)
  connections.closeIdle()
  await one.closed()
})

describe('when all that wait have brought too much', () => {
  const begun = () => inPieces(request.slice(0, -1), [], { maxHeldBytes: 1_000 })

  test('the next who begins is the parser’s', async () => {
    const { port, state } = await begun()
    const next = client(port)
    next.socket.write(request.slice(0, bodyAt))
    await vi.waitUntil(() => state.parsed === 1, { timeout: 150, interval: 5 })
    await next.send(request.slice(bodyAt))
  })

  test('nobody is cut who waits for an answer', async () => {
    const { port, state } = await begun()
    let answer = () => {}
    state.gate = new Promise(resolve => {
      answer = () => resolve()
    })
    const other = client(port)
    other.socket.write(post)
    await vi.waitUntil(() => state.received === 2)
    other.socket.write(post)
    await sleep(20)
    answer()
    await vi.waitUntil(() => other.statuses().length === 2)
  })

  test('but what was kept of a connection that has gone', async () => {
    const { port, state, one, open } = await begun()
    one.socket.resetAndDestroy()
    await vi.waitUntil(async () => (await open()) === 0)
    const next = client(port)
    next.socket.write(request.slice(0, bodyAt))
    await sleep(10)
    await next.send(request.slice(bodyAt))
    expect(state).toMatchObject({ parsed: 0, served: 2 })
  })
})
