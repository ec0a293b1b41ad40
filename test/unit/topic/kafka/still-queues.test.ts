import { createRequire } from 'node:module'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { keepQueuesStill } from '../../../../topic/kafka/still-queues.ts'

const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js')
const logger = { debug() {}, warn() {} }

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A connection's queue that notes which requests left. */
function openQueue() {
  keepQueuesStill()
  const sent: number[] = []
  const queue = new RequestQueue({
    maxInFlightRequests: null,
    requestTimeout: 30_000,
    clientId: 'c',
    broker: 'b',
    logger,
  })
  const push = (correlationId: number) =>
    queue.push({
      entry: { correlationId, resolve() {}, reject() {} },
      expectResponse: true,
      requestTimeout: null,
      sendRequest: () => sent.push(correlationId),
    })
  return { queue, sent, push }
}

test('a connection keeps no timer once its request is answered', () => {
  const { queue, sent, push } = openQueue()
  push(1)
  queue.fulfillRequest({ correlationId: 1, payload: null, size: 0 })
  expect(sent).toEqual([1])
  expect(vi.getTimerCount()).toBe(0)
})

test('a request that a throttled connection holds back leaves when the time is over', () => {
  const { queue, sent, push } = openQueue()
  queue.maybeThrottle(200)
  push(1)
  vi.advanceTimersByTime(150)
  expect(sent).toEqual([])
  vi.advanceTimersByTime(100)
  expect(sent).toEqual([1])
})
