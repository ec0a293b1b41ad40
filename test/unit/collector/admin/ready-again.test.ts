import pino from 'pino'
import { expect, test } from 'vitest'
import { createCollector } from '../../../../collector/collector.ts'
import { listen } from '../../../../collector/http/listen.ts'
import { TopicError } from '../../../../topic/topic.ts'
import { createFakeTopicWriter } from '../../../support/fake-topic-writer.ts'
import { until } from '../../../support/until.ts'

test('a collector without a spool is not ready when the topic refuses, and is again once a try is worth it, though nobody sends to it meanwhile', async () => {
  const refuse = () => Promise.reject(new TopicError('unavailable', 'no leader'))
  const writer = createFakeTopicWriter({ topic: 'clicks', partitions: 1, onAppend: refuse })
  const logger = pino({ level: 'silent' })
  const collector = createCollector({ writer, script: Buffer.from(''), logger, deadlineMs: 50 })
  await collector.start()
  const { app, events: direct } = collector
  const server = await listen({ app, direct, host: '127.0.0.1', port: 0, logger })
  const readiness = () => collector.admin.request('/readyz')

  expect(await (await readiness()).json()).toEqual({ ready: true })
  const body = '{"site":"x","events":[{"action":"a"}]}'
  const headers = { 'Content-Type': 'text/plain', Connection: 'close' }
  const answer = await fetch(`${server.url}/v1/events`, { method: 'POST', headers, body })
  expect(answer.status).toBe(503)
  expect(await (await readiness()).json()).toEqual({
    ready: false,
    reason: 'the topic clicks does not take events (no leader), and the spool is off',
  })
  await until(async () => (await readiness()).ok, { what: 'readiness', timeoutMs: 3_000, everyMs: 10 })
  await collector.close()
  await server.close()
})
