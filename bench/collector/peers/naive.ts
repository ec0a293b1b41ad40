// What one writes first: Hono, spread, the user agent parsed each time, one send() a request.
// `node naive.js`, with PORT, KAFKA_BROKERS and TOPIC.
import { createHmac } from 'node:crypto'
import { serve } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import { Hono } from 'hono'
import { isbot } from 'isbot'
import { Kafka, logLevel, Partitioners } from 'kafkajs'
import { UAParser } from 'ua-parser-js'
import type { Batch } from '../../../sdk/event.ts'

const { PORT, KAFKA_BROKERS = '', TOPIC = '' } = process.env
const kafka = new Kafka({ brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.ERROR })
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
await producer.connect()

const app = new Hono()
app.post('/v1/events', async context => {
  const received = new Date()
  const { events, page, tab, n, action, ...shared }: Batch = JSON.parse(await context.req.text())
  const original = context.req.header('User-Agent') ?? ''
  const { browser, os, device } = UAParser(original)
  const address = getConnInfo(context).remote.address
  const key = [received.toISOString().slice(0, 10), shared.site, address, original].join('\n')
  const user = createHmac('sha256', 'a secret of the bench').update(key).digest('base64url').slice(0, 16)
  const records = events.map((event, index) => {
    const { url, referrer, title, language } = { ...page, ...event.page }
    const place = new URL(url ?? 'about:blank')
    return {
      '@timestamp': new Date(received.getTime() - (event.ago ?? 0)).toISOString(),
      ...shared,
      event: {
        id: `${tab}-${(n ?? 1) + index}`,
        action: event.action ?? action,
        sequence: (n ?? 1) + index,
        created: received.toISOString(),
      },
      tab: { id: tab },
      user: { id: user },
      url: { full: url, domain: place.hostname, path: place.pathname },
      page: { title, language: language ?? context.req.header('Accept-Language')?.split(',')[0] },
      http: { request: { referrer } },
      user_agent: {
        original,
        name: browser.name,
        version: browser.version,
        os: { ...os },
        device: { name: device.model, type: device.type ?? 'desktop' },
        bot: isbot(original),
      },
      properties: { ...event.properties },
    }
  })
  await producer.send({ topic: TOPIC, acks: 1, messages: records.map(record => ({ value: JSON.stringify(record) })) })
  return context.body(null, 204)
})
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(PORT) })
process.on('SIGTERM', () => process.exit(0))
