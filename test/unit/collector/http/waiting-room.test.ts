import { once } from 'node:events'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createWaitingRoom } from '../../../../collector/http/waiting-room.ts'
import { client, clients, closeAll, post, postOf, startServer } from './connections-server.ts'

afterEach(closeAll)

/** A hundred clients who keep a server busy for a second, and others who come when forty of them were served. */
async function crowd(options: { freeBytes?: number; late: number; lateBytes?: string }) {
  const server = await startServer(options)
  const early = await clients(server.port, 100)
  const late = await clients(server.port, options.late)
  const answers: Promise<void>[] = []
  server.state.workMs = 10
  server.whenServed(40, () => {
    for (const each of late) answers.push(each.send(options.lateBytes))
  })
  await Promise.all(early.map(each => each.send()))
  await Promise.all(answers)
  return { ...server, early, late }
}

describe('a server with more to do than time', () => {
  test('answers everyone who was let in, and refuses at once who would have to wait for too long', async () => {
    const { state, early, late } = await crowd({ late: 5 })
    expect(early.map(each => each.statuses())).toEqual(early.map(() => [204, 204]))
    expect(late.map(each => each.statuses())).toEqual(late.map(() => [204, 503]))
    expect(state).toMatchObject({ served: 205, refused: 5, parsed: 0 })
    await Promise.all(late.map(each => each.send()))
    expect(late.map(each => each.statuses())).toEqual(late.map(() => [204, 503, 204]))
  })

  test('refuses what Node’s parser has to read, too', async () => {
    const lateBytes = 'POST /v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'
    const { state, late } = await crowd({ late: 5, lateBytes })
    expect(late.map(each => each.statuses())).toEqual(late.map(() => [204, 503]))
    expect(state).toMatchObject({ served: 205, refused: 5, parsed: 5 })
  })

  test('refuses nobody while little waits, however long', async () => {
    const { state } = await crowd({ late: 5, freeBytes: 120 * post.length })
    expect(state).toMatchObject({ served: 210, refused: 0 })
  })

  test('keeps the bytes of a connection in their order, and the end of what it sends behind them', async () => {
    const { state, port } = await startServer()
    const others = await clients(port, 30)
    const long = client(port)
    await long.send()
    state.workMs = 10
    const body = Array.from({ length: 40_000 }, (_, at) => String(at)).join()
    const all = Promise.all(others.map(each => each.send()))
    const bytes = postOf(body)
    for (let at = 0; at < bytes.length; at += 10_000) long.socket.write(bytes.slice(at, at + 10_000))
    long.socket.end()
    await Promise.all([all, once(long.socket, 'close')])
    expect(long.statuses()).toEqual([204, 204])
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
    expect(all.map(each => each.statuses())).toEqual(all.map(() => [204, 204]))
  })
})

test('what was read in a long look is left alone until the next', async () => {
  let nowMs = 0
  const worked: string[] = []
  const room = createWaitingRoom({ now: () => nowMs })
  expect(room.hasSeenEnough()).toBe(false)
  expect(room.hasTime()).toBe(true)
  nowMs = 5
  expect(room.hasTime()).toBe(false)
  room.enter(1, () => worked.push('waited'))
  expect(room.hasSeenEnough()).toBe(false)
  nowMs = 25
  expect(room.hasSeenEnough()).toBe(true)
  room.atNext(() => worked.push('read again'))
  await vi.waitUntil(() => worked.length === 2)
  expect(worked).toEqual(['read again', 'waited'])
})

describe('how long one takes is told by the turns of late', () => {
  /** A room in which so many wait; each turn works on the first of them, which takes as long as it is told. */
  function crowded(count: number) {
    const clock = { nowMs: 0 }
    const room = createWaitingRoom({ now: () => clock.nowMs, freeBytes: 0 })
    const fulls: boolean[] = []
    room.hasTime()
    clock.nowMs = 5
    const enter = (workMs: number, then = () => {}) =>
      room.enter(1, () => {
        fulls.push(room.isFull())
        clock.nowMs += workMs
        then()
      })
    return { clock, fulls, enter, fill: (workMs: number) => Array.from({ length: count }, () => enter(workMs)) }
  }

  test('it is full when those who wait would have to wait for too long', async () => {
    const { fulls, fill } = crowded(40)
    fill(10)
    await vi.waitUntil(() => fulls.length === 40)
    // Nobody is refused in the first quarter of a second, nor when ten are left.
    expect(fulls.map(Number).join('')).toBe(`${'0'.repeat(26)}${'1'.repeat(3)}${'0'.repeat(11)}`)
  })

  test.each([
    [40, false],
    [400, true],
  ])('one that takes %d ms, among a hundred who wait for half of one each: full? %s', async (hiccupMs, full) => {
    const { fulls, enter } = crowded(0)
    let entered = 0
    const next = () => enter(entered === 800 ? hiccupMs : 0.5, () => entered++ < 1_500 && next())
    Array.from({ length: 100 }, next)
    await vi.waitUntil(() => fulls.length > 1_500)
    expect(fulls.includes(true)).toBe(full)
  })

  test('a process that stood still once is not full', async () => {
    const { clock, fulls, enter, fill } = crowded(6)
    fill(5)
    enter(10_000)
    fill(5)
    await vi.waitUntil(() => fulls.length === 13)
    expect(fulls).not.toContain(true)
    expect(clock.nowMs).toBeGreaterThan(10_000)
  })
})
