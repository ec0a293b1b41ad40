import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import type { CollectorOptions } from '../../../../collector/collector.ts'
import { type ListeningCollector, startListeningCollector } from '../../../support/listening-collector.ts'

const open: ListeningCollector[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map(each => each.close()))
})

/** What a collector that is full answers on one connection. */
async function answersOf(requests: readonly string[], collector: Partial<CollectorOptions> = {}) {
  const server = await startListeningCollector({ collector: { maxInFlightBytes: 0, ...collector } })
  open.push(server)
  const socket = connect(server.port, '127.0.0.1')
  await once(socket, 'connect')
  const answers: string[] = []
  for (const request of requests) {
    let text = ''
    const listener = (bytes: Buffer) => {
      text += bytes.toString()
    }
    socket.on('data', listener).write(request)
    await vi.waitUntil(() => {
      const length = /content-length: (\d+)/i.exec(text)?.[1]
      const end = text.indexOf('\r\n\r\n')
      return length !== undefined && end >= 0 && text.length >= end + 4 + Number(length)
    })
    socket.off('data', listener)
    answers.push(text)
  }
  socket.destroy()
  const metrics = await (await server.collector.admin.request('/metrics')).text()
  return { answers: answers.map(partsOf), refused: /reason="overloaded"\} (\d+)/.exec(metrics)?.[1] }
}

/** Status line, headers but for those of time and connection, body. */
function partsOf(answer: string) {
  const [head = '', body] = answer.split('\r\n\r\n')
  const [status, ...lines] = head.split('\r\n')
  return { status, headers: lines.filter(line => !/^(date|connection|keep-alive):/i.test(line)).sort(), body }
}

const body = '{"site":"x","events":[{"action":"a"}]}'
const post = (target: string, origin = '') =>
  `POST ${target} HTTP/1.1\r\nHost: x\r\n${origin}Content-Length: ${body.length}\r\n\r\n${body}`

test.each([
  ['without an Origin', '', {}],
  ['from any page', 'Origin: https://shop.example\r\n', {}],
  ['from a listed page', 'Origin: https://shop.example\r\n', { origins: ['https://shop.example'] }],
])('a collector that is full says so, each time: %s', async (_, origin, collector) => {
  const { answers, refused } = await answersOf(
    [post('/v1/events', origin), post('/v1/events?age=7', origin), post('/v1/events', origin)],
    collector,
  )
  expect(answers[0]?.status).toBe('HTTP/1.1 503 Service Unavailable')
  expect(answers[0]?.headers).toContain('Retry-After: 2')
  expect(answers[1]).toEqual(answers[0])
  expect(answers[2]).toEqual(answers[0])
  expect(refused).toBe('3')
})

test.each([
  ['of a page that may not send', post('/v1/events', 'Origin: https://other.example\r\n'), 403],
  ['for another path', post('/v1/eventsx'), 404],
  ['for the script', 'GET /clicktrail.js HTTP/1.1\r\nHost: x\r\n\r\n', 200],
])('and answers a request %s as ever', async (_, request, status) => {
  const { answers } = await answersOf([request, request], { origins: ['https://shop.example'] })
  expect(answers.map(answer => answer.status?.split(' ')[1])).toEqual([String(status), String(status)])
})
