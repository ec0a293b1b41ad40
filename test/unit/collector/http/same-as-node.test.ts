import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { seeded } from '../../../fuzz/random.ts'
import { type ListeningCollector, startListeningCollector } from '../../../support/listening-collector.ts'
import { readAnswers } from '../../../support/raw-exchange.ts'

let ours: ListeningCollector
/** One whose connections are all Node's. */
let nodes: ListeningCollector

beforeAll(async () => {
  ours = await startListeningCollector()
  vi.resetModules()
  vi.doMock('../../../../collector/http/shared-reads.ts', () => ({ sharedReads: () => undefined }))
  const { startListeningCollector: start } = await import('../../../support/listening-collector.ts')
  nodes = await start()
  vi.doUnmock('../../../../collector/http/shared-reads.ts')
})
afterAll(async () => {
  await Promise.all([ours.close(), nodes.close()])
})

const batch = (action: string) => `{"site":"s","events":[{"action":"${action}"}]}`
const head = (length: number, lines = '') =>
  `POST /v1/events HTTP/1.1\r\nHost: x\r\n${lines}Content-Length: ${length}\r\n\r\n`
const post = (body: string, lines = '') => `${head(body.length, lines)}${body}`
const chunked = (body: string, lines = '') =>
  `POST /v1/events HTTP/1.1\r\nHost: x\r\n${lines}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`

const end = 'GET /end HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'

/** Sends pieces one after the other over one connection: what is answered, and what is taken. */
async function sent(server: ListeningCollector, pieces: readonly string[]) {
  const socket = connect({ port: server.port, host: '127.0.0.1', noDelay: true })
  let text = ''
  socket
    .on('error', () => {})
    .on('data', bytes => {
      text += bytes.toString('latin1')
    })
  await once(socket, 'connect')
  for (const piece of [...pieces, end]) {
    if (!socket.writable) break
    socket.write(piece, 'latin1')
    await sleep(8)
  }
  await vi.waitUntil(() => socket.closed, { timeout: 3_000 }).catch(() => socket.destroy())
  return readAnswers(text).map(({ status, body }) => `${status} ${body}`)
}

async function bothWays(pieces: (name: string) => readonly string[], name: string) {
  const answers = await Promise.all([ours, nodes].map(server => sent(server, pieces(name))))
  return { ours: answers[0], nodes: answers[1] }
}

/** Actions that were taken, and how often. */
function taken(server: ListeningCollector): string[] {
  return server
    .takeRecords()
    .map(({ event }) => event.action)
    .toSorted()
}

const gpc = 'Sec-GPC: 1\r\n'
const smuggled = (padding: number) => post(batch('smuggled'), `X: ${'y'.repeat(padding)}\r\n`)

describe('a request that hides in the body of another is as hidden as from Node', () => {
  test.each<[string, () => string[]]>([
    [
      'behind an early answer to a request whose head another body swallowed',
      () => {
        const inner = head(smuggled(100).length, gpc)
        const outer = post(inner, gpc)
        return [head(outer.length - inner.length, gpc), outer, smuggled(100)]
      },
    ],
    [
      'behind the beginning of a header that stands in a body',
      () => {
        const inner = `${post(batch('inner'))}POST /v1/events HTTP/1.1\r\nHost: x\r\nX: `
        const outer = post(inner)
        return [head(outer.length - inner.length), outer, post(batch('in-a-header')), '\r\n\r\n']
      },
    ],
    [
      'behind a head whose answer needs no body',
      () => [head(smuggled(10).length, 'Content-Encoding: gzip\r\n'), smuggled(10), post(batch('after'))],
    ],
    ['as a piece of its own', () => [head(smuggled(10).length), smuggled(10), post(batch('after'))]],
    [
      'as a piece that ends in the next request',
      () => [head(smuggled(10).length), `${smuggled(10)}${smuggled(5).slice(0, 30)}`, smuggled(5).slice(30)],
    ],
    ['as a piece behind which the client ends', () => [head(smuggled(10).length + 1), smuggled(10)]],
    ['as the body of a chunk', () => [chunked(smuggled(10), gpc), post(batch('after'))]],
    ['behind a chunk’s size', () => [chunked(smuggled(5)).split('POST', 2).join('POST'), smuggled(5)]],
    ['in capitals that say another version', () => [post(batch('lower')).replace('HTTP/1.1', 'http/1.1'), smuggled(5)]],
    [
      'behind the last of a proxy’s connection',
      () => [post(batch('last'), 'Proxy-Connection: close\r\n'), smuggled(5)],
    ],
    ['behind line breaks', () => [post(batch('one')), '\r\n', post(batch('two')), '\r\n\r\n', post(batch('three'))]],
  ])('%s', async (_, pieces) => {
    const answers = await bothWays(pieces, '')
    expect(answers.ours).toEqual(answers.nodes)
    expect(taken(ours)).toEqual(taken(nodes))
  })
})

test('any mixture of requests, cut anywhere, is answered and taken as by Node', async () => {
  const seed = Date.now() % 1_000_000
  const random = seeded(seed)
  const kinds = [
    (name: string) => post(batch(name)),
    (name: string) => post(batch(name), gpc),
    (name: string) => chunked(batch(name)),
    (name: string) => chunked(batch(name), gpc),
    (name: string) => post(post(batch(`in-${name}`)), gpc),
    (name: string) => post(post(batch(`in-${name}`)), 'Content-Encoding: gzip\r\n'),
    (name: string) => post(batch(name), 'Expect: nothing\r\n'),
    () => 'GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n',
    () => 'OPTIONS /v1/events HTTP/1.1\r\nHost: x\r\nOrigin: https://x.example\r\n\r\n',
    () => '\r\n',
  ]
  function cut(piece: string): string[] {
    const at = random.below(3) === 0 ? random.below(piece.length) : 0
    return at === 0 ? [piece] : [piece.slice(0, at), piece.slice(at)]
  }
  function conversation(name: string): string[] {
    const pieces = Array.from({ length: 6 }, (_, n) => kinds[random.below(kinds.length)]?.(`${name}-${n}`) ?? '')
    // Some in one piece with the next, some cut, some of these again.
    return pieces.flatMap(cut).flatMap(cut)
  }
  const all = Array.from({ length: 60 }, (_, n) => conversation(`c${n}`)).map(pieces =>
    random.below(3) === 0 ? [pieces.slice(0, 2).join(''), ...pieces.slice(2)] : pieces,
  )
  const answers = await Promise.all(all.map(pieces => bothWays(() => pieces, '')))
  for (const [n, each] of answers.entries()) {
    expect({ seed, n, answers: each.ours }).toEqual({ seed, n, answers: each.nodes })
  }
  expect(taken(ours)).toEqual(taken(nodes))
})
