// The collector's HTTP stage on a topic that acknowledges at once: `node null-topic.js`, with PORT.
import { readFileSync } from 'node:fs'
import { pino } from 'pino'
import { createCollector } from '../../collector/collector.ts'
import { listen } from '../../collector/http/listen.ts'
import type { TopicWriter } from '../../topic/topic.ts'

const writer: TopicWriter = {
  topic: 'null',
  ready: () => Promise.resolve(),
  partitions: () => 3,
  maxRecordBytes: () => 1_000_000,
  append: () => Promise.resolve(),
  close: () => Promise.resolve(),
}

const logger = pino({ level: 'warn' }, pino.destination(2))
const collector = createCollector({
  writer,
  script: readFileSync('sdk/dist/clicktrail.js'),
  visitor: { mode: 'daily', secret: 'a secret of the bench' },
  logger,
})
const { app, events: direct } = collector
await listen({ app, direct, host: '127.0.0.1', port: Number(process.env['PORT']), logger })
await collector.start()
// an exit by itself lets a profile be written
process.on('SIGTERM', () => process.exit(0))
