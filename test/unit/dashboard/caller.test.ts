import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isLocal, refusedHtml } from '../../../dashboard/access.ts'
import { callerOf, portOf } from '../../../dashboard/caller.ts'

let server: ReturnType<typeof serve>
let port = 0
beforeAll(async () => {
  const app = new Hono().get('/', c => c.text(isLocal(callerOf(c)) ? 'local' : 'refused'))
  app.get('/page', c => c.html(refusedHtml(portOf(c))))
  port = await new Promise<number>(resolve => {
    server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, info => resolve(info.port))
  })
})
afterAll(() => void server.close())

/** What is answered to these header lines, which go out as they are. */
async function send(...lines: string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.end(`GET / HTTP/1.1\r\n${lines.map(line => `${line}\r\n`).join('')}\r\n`)
  return text(socket)
}

it("lets Node's fetch in", async () => {
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('local')
})

it("lets Node's request in, with its agent", async () => {
  const sent = request({ host: '127.0.0.1', port }).end()
  const [answer] = await once(sent, 'response')
  expect(await text(answer)).toBe('local')
})

it('lets a browser in by the header that it sends', async () => {
  expect(await send('Host: localhost:8080', 'Connection: keep-alive')).toMatch(/local$/)
})

it.each([
  ['nginx from 1.29.7 on, with its defaults', ['Host: 127.0.0.1:8080']],
  ['a proxy that closes', ['Host: 127.0.0.1:8080', 'Connection: close']],
  [
    'a proxy that says whom it speaks for',
    ['Host: 127.0.0.1:8080', 'Connection: keep-alive', 'X-Real-IP: 203.0.113.9'],
  ],
])('refuses %s', async (_, lines) => {
  expect(await send(...lines)).toMatch(/refused$/)
})

it('names the port that the server listens on, whatever the Host', async () => {
  const sent = request({ host: '127.0.0.1', port, path: '/page', headers: { host: 'site.example:443' } }).end()
  const [answer] = await once(sent, 'response')
  const page = await text(answer)
  expect(page).toContain(`http://127.0.0.1:${port}/dashboard`)
  expect(page).toContain(`ssh -L ${port}:127.0.0.1:${port}`)
  expect(page).not.toContain('8080')
})
