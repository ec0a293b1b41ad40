import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createServer, type Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { forgetBrokenAnswers } from '../../../../topic/kafka/broken-answers.ts'
import { answerTo } from '../../../support/kafka-answers.ts'

const load = createRequire(import.meta.url)
const Connection = load('kafkajs/src/network/connection.js')
const Encoder = load('kafkajs/src/protocol/encoder.js')
const socketFactory = load('kafkajs/src/network/socketFactory.js')()
const logger = { namespace: () => logger, debug() {}, info() {}, warn() {}, error() {} }

const question = {
  request: { apiKey: 18, apiName: 'ApiVersions', apiVersion: 0, encode: async () => new Encoder() },
  response: { decode: async (payload: Buffer) => String(payload), parse: async (text: string) => text },
}

const sockets = new Set<Socket>()
const server = createServer()
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  server.close()
})

test.each([
  ['its length', 2],
  ['its middle', 20],
])('an answer that broke off in %s does not spoil those of the next connection', async (_, bytes) => {
  forgetBrokenAnswers()
  server.removeAllListeners('connection').on('connection', socket => {
    const first = sockets.size === 0
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', request => {
      if (first) socket.end(answerTo(request, Buffer.alloc(100)).subarray(0, bytes))
      else socket.write(answerTo(request, Buffer.from('in full')))
    })
  })
  sockets.clear()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const connection = new Connection({
    host: '127.0.0.1',
    port,
    logger,
    socketFactory,
    connectionTimeout: 500,
    requestTimeout: 500,
  })
  await connection.connect()
  await expect(connection.send(question)).rejects.toMatchObject({ name: 'KafkaJSConnectionClosedError' })
  await vi.waitFor(() => expect(connection.isConnected()).toBe(false))
  await connection.connect()
  expect(await connection.send(question)).toBe('in full')
  await connection.disconnect()
})
