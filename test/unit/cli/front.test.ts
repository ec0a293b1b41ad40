import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { Hono } from 'hono'
import pino from 'pino'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createFront } from '../../../cli/front.ts'
import { createCollector } from '../../../collector/collector.ts'
import { type Listening, listen } from '../../../collector/http/listen.ts'
import { createFakeTopicWriter } from '../../support/fake-topic-writer.ts'

const logger = pino({ level: 'silent' })
let server: Listening

beforeEach(async () => {
  const collector = createCollector({ writer: createFakeTopicWriter(), script: Buffer.from(''), logger })
  await collector.start()
  const app = createFront({ dashboard: new Hono(), site: new Hono(), collector: collector.app })
  server = await listen({ app, direct: collector.events, host: '127.0.0.1', port: 0, logger })
})
afterEach(() => server.close())

it('takes a large body that arrives in small pieces, as it does over a real network', async () => {
  const properties = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`p${index}`, 'x'.repeat(1_000)]))
  const body = JSON.stringify({ site: 's', events: [1, 2].map(() => ({ action: 'a', properties })) })
  expect(body.length).toBeGreaterThan(60_000)
  const socket = connect(server.port, '127.0.0.1').setNoDelay(true)
  await once(socket, 'connect')
  socket.write(
    `POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n`,
  )
  for (let at = 0; at < body.length; at += 1_400) {
    socket.write(body.slice(at, at + 1_400))
    await turn()
  }
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toMatch(/^HTTP\/1.1 204/)
  socket.destroy()
})
