import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createWaitingRoom, type WaitingRoomOptions } from '../../../../collector/http/waiting-room.ts'

const post = 'POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}'
const refused = 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n'
const open: { close(): void }[] = []

afterEach(() => {
  for (const each of open.splice(0)) each.close()
})

/** A server whose clock stands still but for the work: each request takes as long as it is told to. */
async function startServer({
  overloaded = () => false,
  freeBytes = 0,
  pressedMs = 0,
}: Partial<WaitingRoomOptions> = {}) {
  let nowMs = 0
  let turnedAway = 0
  const state = {
    workMs: 0,
    refusalMs: 0,
    received: 0,
    served: 0,
    refused: 0,
    bodies: [] as string[],
    gate: Promise.resolve(),
  }
  let onServed = () => {}
  const room = createWaitingRoom({
    now: () => nowMs,
    overloaded,
    freeBytes,
    pressedMs,
    refusal(request) {
      if (request.method !== 'POST') return undefined
      state.refused++
      nowMs += state.refusalMs
      return refused
    },
  })
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    nowMs += state.workMs
    if (room.turnsAway()) turnedAway++
    state.received++
    buffer(request).then(
      async bytes => {
        await state.gate
        state.served++
        state.bodies.push(bytes.toString())
        onServed()
        response.writeHead(204).end()
      },
      () => {},
    )
  })
  room.guard(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  open.push({ close: () => server.closeAllConnections() }, server)
  return {
    state,
    turnedAway: () => turnedAway,
    port,
    /** From now on. */
    whenServed(count: number, then: () => void) {
      const wanted = state.served + count
      onServed = () => {
        if (state.served === wanted) then()
      }
    },
  }
}

/** A connection that counts the answers of each status. */
function client(port: number) {
  const socket: Socket = connect(port, '127.0.0.1')
  let text = ''
  socket.on('data', bytes => {
    text += bytes.toString()
  })
  open.push({ close: () => socket.destroy() })
  const statuses = () => [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))
  return {
    socket,
    statuses,
    async send(bytes = post) {
      const before = statuses().length
      socket.write(bytes)
      await vi.waitUntil(() => statuses().length > before, { timeout: 10_000, interval: 5 })
    },
  }
}

/** Connections that were answered twice: the first time they come to the room, the second time the room comes to know them. */
async function clients(port: number, count: number) {
  const all = Array.from({ length: count }, () => client(port))
  for (let round = 0; round < 2; round++) await Promise.all(all.map(each => each.send()))
  return all
}

describe('a server with more to do than time', () => {
  test('answers everyone who was let in, and refuses at once who would have to wait for too long', async () => {
    const { state, port, whenServed } = await startServer()
    const early = await clients(port, 100)
    const late = await clients(port, 10)
    const lateAnswers: Promise<void>[] = []
    state.workMs = 10
    // Each takes 10 ms and 60 still wait.
    whenServed(40, () => {
      for (const each of late) lateAnswers.push(each.send())
    })
    await Promise.all(early.map(each => each.send()))
    await Promise.all(lateAnswers)
    expect(early.map(each => each.statuses())).toEqual(early.map(() => [204, 204, 204]))
    expect(late.map(each => each.statuses())).toEqual(late.map(() => [204, 204, 503]))
    expect(state).toMatchObject({ served: 320, refused: 10 })
    await Promise.all(late.map(each => each.send()))
    expect(late.map(each => each.statuses())).toEqual(late.map(() => [204, 204, 503, 204]))
  })

  test('tells its caller to refuse what comes when it is full, and never what has waited', async () => {
    const { state, port, turnedAway, whenServed } = await startServer()
    const early = await clients(port, 100)
    const fresh = Array.from({ length: 5 }, () => client(port))
    await Promise.all(fresh.map(({ socket }) => once(socket, 'connect')))
    const freshAnswers: Promise<void>[] = []
    state.workMs = 10
    whenServed(40, () => {
      for (const each of fresh) freshAnswers.push(each.send())
    })
    await Promise.all(early.map(each => each.send()))
    await Promise.all(freshAnswers)
    expect(turnedAway()).toBe(5)
    expect(state).toMatchObject({ served: 305, refused: 0 })
  })

  test('refuses nobody while little waits, however long', async () => {
    const { state, port, whenServed } = await startServer({ freeBytes: 120 * post.length })
    const early = await clients(port, 100)
    const late = await clients(port, 5)
    const lateAnswers: Promise<void>[] = []
    state.workMs = 10
    whenServed(40, () => {
      for (const each of late) lateAnswers.push(each.send())
    })
    await Promise.all(early.map(each => each.send()))
    await Promise.all(lateAnswers)
    expect(state).toMatchObject({ served: 315, refused: 0 })
  })

  test('works a third of the time, however many hammer at the door', async () => {
    const { state, port, whenServed } = await startServer()
    const waiting = await clients(port, 100)
    const hammering = await clients(port, 20)
    Object.assign(state, { workMs: 10, refusalMs: 5 })
    whenServed(40, () => {
      for (const { socket } of hammering) {
        socket.write(post)
        socket.on('data', () => socket.write(post))
      }
    })
    await Promise.all(waiting.map(each => each.send()))
    expect(state.refused).toBeGreaterThan(0)
    const workedMs = (state.served - 240) * state.workMs
    expect(state.refused * state.refusalMs).toBeLessThanOrEqual(workedMs * 2.2)
  })

  test('keeps the bytes of a connection in their order, and the end of what it sends behind them', async () => {
    const { state, port } = await startServer()
    const others = await clients(port, 30)
    const [long] = await clients(port, 1)
    if (long === undefined) throw new Error('no connection')
    state.workMs = 10
    const body = Array.from({ length: 40_000 }, (_, at) => String(at)).join()
    const crowd = Promise.all(others.map(each => each.send()))
    const bytes = `POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    for (let at = 0; at < bytes.length; at += 10_000) long.socket.write(bytes.slice(at, at + 10_000))
    long.socket.end()
    await Promise.all([crowd, once(long.socket, 'close')])
    expect(long.statuses()).toEqual([204, 204, 204])
    expect(state.bodies).toContain(body)
  })

  test('forgets a connection that has gone while it waited', async () => {
    const { state, port, whenServed } = await startServer()
    const all = await clients(port, 20)
    state.workMs = 10
    const gone = client(port)
    await once(gone.socket, 'connect')
    whenServed(1, () => gone.socket.resetAndDestroy())
    gone.socket.write(post)
    await Promise.all(all.map(each => each.send()))
    expect(all.map(each => each.statuses())).toEqual(all.map(() => [204, 204, 204]))
  })
})

describe('what is never refused unread', () => {
  test.each([
    ['a request in pieces', 'POST /v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['two requests in one', `${post}${post}`],
    ['what the caller lets through', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
  ])('%s', async (_, bytes) => {
    let overloaded = false
    const { state, port } = await startServer({ overloaded: () => overloaded })
    const [one] = await clients(port, 1)
    overloaded = true
    await one?.send(bytes)
    expect(one?.statuses().every(status => status === 204)).toBe(true)
    expect(state.refused).toBe(0)
  })

  test('a body that reads like a request', async () => {
    let overloaded = false
    const { state, port } = await startServer({ overloaded: () => overloaded })
    const [one] = await clients(port, 1)
    await one?.send(`${post}POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: ${post.length}\r\n\r\n`)
    await vi.waitUntil(() => state.received === 4)
    overloaded = true
    await one?.send(post)
    expect(one?.statuses()).toEqual([204, 204, 204, 204])
    expect(state.bodies.at(-1)).toBe(post)
  })

  test('what comes on a connection that nobody kept waiting, and the next request on it', async () => {
    let overloaded = false
    const { state, port } = await startServer({ overloaded: () => overloaded, pressedMs: 1 })
    const one = client(port)
    await one.send()
    overloaded = true
    await one.send()
    await one.send()
    await one.send()
    expect(one.statuses()).toEqual([204, 204, 204, 503])
    expect(state).toMatchObject({ served: 3, refused: 1 })
  })

  test('a request whose beginning the parser has already', async () => {
    let overloaded = false
    const { state, port } = await startServer({ overloaded: () => overloaded })
    const [one] = await clients(port, 1)
    await one?.send(`${post}POST /v1/events HTTP/1.1\r\nX: `)
    await one?.send(post)
    overloaded = true
    await one?.send(post)
    expect(one?.statuses()).toEqual([204, 204, 204, 204, 204])
    await one?.send(post)
    expect(one?.statuses().at(-1)).toBe(503)
    expect(state.refused).toBe(1)
  })

  test('a request behind one whose answer is on its way, as its own answer would overtake that', async () => {
    let overloaded = false
    const { state, port } = await startServer({ overloaded: () => overloaded })
    const [one] = await clients(port, 1)
    let open = () => {}
    state.gate = new Promise<void>(resolve => {
      open = resolve
    })
    const first = one?.send()
    await vi.waitUntil(() => state.received === 3)
    overloaded = true
    one?.socket.write(post)
    await vi.waitUntil(() => state.received === 4)
    open()
    await first
    await vi.waitUntil(() => one?.statuses().length === 4)
    expect(one?.statuses()).toEqual([204, 204, 204, 204])
  })
})
