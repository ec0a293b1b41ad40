import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import pino from 'pino'
import { afterEach, expect, test, vi } from 'vitest'
import { closeInStages } from '../../../../cli/process/close-in-stages.ts'
import { createCollector } from '../../../../collector/collector.ts'
import { listen } from '../../../../collector/http/listen.ts'
import { createFakeTopicWriter } from '../../../support/fake-topic-writer.ts'

const logger = pino({ level: 'silent' })
afterEach(() => {
  vi.useRealTimers()
})

const never = () => new Promise<void>(() => {})

test.each([2, 3])('%i stages that hang are all begun, and left behind within 9.5 s', async count => {
  vi.useFakeTimers()
  const begun: number[] = []
  const stages = Array.from({ length: count }, () => () => {
    begun.push(performance.now())
    return never()
  })
  const startedMs = performance.now()
  const closed = vi.fn()
  void closeInStages(stages, logger).then(closed)
  await vi.advanceTimersByTimeAsync(9_499)
  expect(begun).toHaveLength(count)
  expect(closed).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(closed).toHaveBeenCalled()
  expect((begun[1] ?? 0) - startedMs).toBe(7_500)
})

test('a stage that is quick or fails keeps nobody waiting', async () => {
  vi.useFakeTimers()
  const last = vi.fn(async () => {})
  await closeInStages([async () => {}, () => Promise.reject(new Error('no')), last], logger)
  expect(last).toHaveBeenCalled()
})

test('a collector without a spool answers, before the next stage, what comes late and is acknowledged late', async () => {
  const writer = createFakeTopicWriter({ onAppend: () => wait(4_500) })
  const collector = createCollector({ writer, script: Buffer.alloc(0), logger })
  await collector.start()
  const arrived = vi.fn()
  const { listener } = collector.events
  const direct = {
    ...collector.events,
    listener: (...exchange: Parameters<typeof listener>) => {
      arrived()
      listener(...exchange)
    },
  }
  const server = await listen({ app: collector.app, direct, host: '127.0.0.1', port: 0, logger })
  const body = '{"site":"x","events":[{"action":"a"}]}'
  const socket = connect({ host: '127.0.0.1', port: server.port })
  let answer = ''
  socket.setEncoding('utf8').on('data', text => (answer += text))
  socket.write(`POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 5)}`)
  await vi.waitFor(() => expect(arrived).toHaveBeenCalled())
  const closed = closeInStages(
    [
      () => Promise.all([server.close(), collector.close()]),
      async () => {
        // It has left; this process may have still to read it.
        await vi.waitUntil(() => answer !== '', { timeout: 500, interval: 5 }).catch(() => {})
        answer += '|next stage'
      },
    ],
    logger,
  )
  await wait(1_000)
  socket.write(body.slice(5))
  await closed
  expect(answer).toMatch(/^HTTP\/1\.1 204 [^|]*\|next stage$/s)
}, 15_000)
