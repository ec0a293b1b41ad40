import { Writable } from 'node:stream'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { kafkaClient } from '../../../../topic/kafka/connect.ts'

function linesOf(speak: (log: ReturnType<ReturnType<typeof kafkaClient>['logger']>) => void): unknown[] {
  const lines: unknown[] = []
  const sink = new Writable({
    write(line, _, done) {
      lines.push(JSON.parse(String(line)))
      done()
    },
  })
  speak(kafkaClient({ brokers: ['127.0.0.1:1'], logger: pino({ level: 'trace' }, sink) }).logger())
  return lines
}

test.each([
  ['an error is a warning', 'Consumer', 'error', 40],
  ['a warning stays one', 'ConsumerGroup', 'warn', 40],
  ['what it repeats of a lost connection is for debugging', 'Connection', 'error', 20],
  ['its news are for debugging', 'ConsumerGroup', 'info', 20],
  ['its details are for tracing', 'Consumer', 'debug', 10],
] as const)('writes to pino what kafkajs says: %s', (_, namespace, method, level) => {
  const lines = linesOf(log => log.namespace(namespace)[method]('it said so', { groupId: 'g' }))
  expect(lines).toMatchObject([{ level, msg: 'kafkajs', namespace, detail: 'it said so', groupId: 'g' }])
})
