import { once } from 'node:events'
import { createServer, connect as dial, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts'
import { until } from '../../support/until.ts'

let proxy: TcpProxy
let taken = ''
const closing: (() => void)[] = []

interface Client {
  socket: Socket
  got: () => string
  /** How it ended: undefined while it is open. */
  end: () => string | undefined
}

/** Connects through the proxy to a server that answers each piece in capitals. */
async function connect(): Promise<Client> {
  const socket = dial(proxy.port, '127.0.0.1')
  let got = ''
  let end: string | undefined
  socket.on('data', chunk => {
    got += chunk.toString()
  })
  socket.on('error', error => {
    end = 'code' in error ? String(error.code) : error.message
  })
  socket.on('close', () => {
    end ??= 'closed'
  })
  closing.push(() => socket.destroy())
  await once(socket, 'connect').catch(() => {})
  return { socket, got: () => got, end: () => end }
}

const answered = (client: Client, text: string) =>
  until(() => client.got() === text, { what: `${text}, not ${client.got()}` })
const ended = (client: Client) => until(() => client.end() !== undefined, { what: 'the end of the connection' })

beforeEach(async () => {
  taken = ''
  const server = createServer(socket => {
    closing.push(() => socket.destroy())
    socket.on('error', () => {})
    socket.on('data', chunk => {
      taken += chunk.toString()
      socket.write(chunk.toString().toUpperCase())
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => server.close())
  const address = server.address()
  proxy = await startTcpProxy({ targetPort: typeof address === 'object' && address ? address.port : 0 })
})

afterEach(async () => {
  await proxy.close()
  for (const close of closing.splice(0)) close()
})

it('passes both ways', async () => {
  const client = await connect()
  client.socket.write('red')
  await answered(client, 'RED')
})

it('resets after the server has taken all of a large request, and lets small ones through', async () => {
  const client = await connect()
  await proxy.set({ kind: 'reset', requestBytes: 10 })
  client.socket.write('small')
  await answered(client, 'SMALL')
  client.socket.write('a large request')
  await ended(client)
  expect(client.end()).toBe('ECONNRESET')
  expect(client.got()).toBe('SMALL')
  expect(taken).toBe('smalla large request')
  expect(proxy.resets()).toBe(1)
})

it('holds what it takes while frozen, and hands it on in order when thawed', async () => {
  const client = await connect()
  await proxy.set({ kind: 'freeze' })
  client.socket.write('red')
  const late = await connect()
  late.socket.write('blue')
  client.socket.write('green')
  await new Promise(resolve => setTimeout(resolve, 200))
  expect(taken).toBe('')
  expect(client.end()).toBeUndefined()
  await proxy.set({ kind: 'pass' })
  await answered(client, 'REDGREEN')
  await answered(late, 'BLUE')
})

it('refuses, resets what was open, and listens on the same port again', async () => {
  const open = await connect()
  await proxy.set({ kind: 'refuse' })
  await ended(open)
  const refused = await connect()
  await ended(refused)
  expect(refused.end()).toBe('ECONNREFUSED')
  await proxy.set({ kind: 'pass' })
  const client = await connect()
  client.socket.write('red')
  await answered(client, 'RED')
})

it('dribbles an answer, and hands on the rest at once when it may', async () => {
  const client = await connect()
  await proxy.set({ kind: 'dribble', bytesPerSecond: 20 })
  client.socket.write('abcdefghij'.repeat(100))
  await until(() => client.got().length >= 4, { what: 'the first bytes' })
  expect(client.got().length).toBeLessThan(100)
  await proxy.set({ kind: 'pass' })
  await answered(client, 'ABCDEFGHIJ'.repeat(100))
})

it('cuts an answer at the byte', async () => {
  const client = await connect()
  await proxy.set({ kind: 'cut', afterBytes: 5 })
  client.socket.write('red')
  await answered(client, 'RED')
  client.socket.write('green')
  await ended(client)
  expect(taken).toBe('redgreen')
  expect('REDGR').toContain(client.got())
  expect(proxy.resets()).toBe(1)
})

it('delays an answer', async () => {
  const client = await connect()
  await proxy.set({ kind: 'delay', ms: 300 })
  const fromMs = Date.now()
  client.socket.write('red')
  await answered(client, 'RED')
  expect(Date.now() - fromMs).toBeGreaterThanOrEqual(290)
})

it('closes the client’s side when the server closes its own', async () => {
  const client = await connect()
  client.socket.write('red')
  await answered(client, 'RED')
  client.socket.end()
  await ended(client)
  expect(client.end()).toBe('closed')
})
