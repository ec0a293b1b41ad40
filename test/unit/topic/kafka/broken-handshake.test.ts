import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { endBrokenHandshakes } from '../../../../topic/kafka/broken-handshake.ts'
import { apiVersionsAnswer } from '../../../support/kafka-answers.ts'

const load = createRequire(import.meta.url)
const Broker = load('kafkajs/src/broker/index.js')
const ConnectionPool = load('kafkajs/src/network/connectionPool.js')
const socketFactory = load('kafkajs/src/network/socketFactory.js')()
const logger = { namespace: () => logger, debug() {}, info() {}, warn() {}, error() {} }

/** What becomes of the requests of a connection. */
let answer: (request: Buffer, socket: Socket) => void
let server: Server
const sockets = new Set<Socket>()

function newBroker(requestTimeout: number) {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const connectionPool = new ConnectionPool({
    host: '127.0.0.1',
    port,
    logger,
    socketFactory,
    connectionTimeout: 50,
    requestTimeout,
  })
  return new Broker({ connectionPool, logger, authenticationTimeout: 50 })
}

beforeEach(async () => {
  endBrokenHandshakes()
  server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', request => answer(request, socket))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  server.close()
})

test('a connection whose handshake nobody answers is closed, and the next try connects', async () => {
  answer = () => {}
  const broker = newBroker(100)
  await expect(broker.connect()).rejects.toMatchObject({ name: 'KafkaJSRequestTimeoutError' })
  await vi.waitFor(() => expect(broker.isConnected()).toBe(false))
  answer = (request, socket) => void socket.write(apiVersionsAnswer(request))
  await broker.connect()
  expect(broker.isConnected()).toBe(true)
  expect(sockets.size).toBe(2)
  await broker.disconnect()
})

test('callers share the handshake that is under way', async () => {
  const asked: (() => void)[] = []
  answer = (request, socket) => asked.push(() => socket.write(apiVersionsAnswer(request)))
  const broker = newBroker(5_000)
  const both = [broker.connect(), broker.connect()]
  await vi.waitFor(() => expect(asked).toHaveLength(1))
  for (const give of asked) give()
  await Promise.all(both)
  expect(sockets.size).toBe(1)
  await broker.disconnect()
})

test('callers that try again side by side all the time are connected soon after the broker is back', async () => {
  answer = (request, socket) => void socket.write(apiVersionsAnswer(request))
  const broker = newBroker(100)
  await broker.connect()
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  for (const socket of sockets) socket.destroy()
  await new Promise(resolve => server.close(resolve))
  await vi.waitFor(() => expect(broker.isConnected()).toBe(false))

  let failures = 0
  const tryOn = async (): Promise<void> => {
    try {
      await broker.connect()
    } catch {
      failures++
      await tryOn()
    }
  }
  const callers = [tryOn(), tryOn(), tryOn()]
  await vi.waitFor(() => expect(failures).toBeGreaterThan(10))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  await Promise.all(callers)
  expect(broker.isConnected()).toBe(true)
  await broker.disconnect()
})
