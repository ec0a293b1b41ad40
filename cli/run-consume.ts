import { collectDefaultMetrics, Registry } from 'prom-client'
import { createAdmin } from '../collector/admin/admin.ts'
import { registerBuild } from '../collector/admin/metrics.ts'
import { listen } from '../collector/http/listen.ts'
import { createConsumerMetrics } from '../consumers/metrics.ts'
import type { Config } from './config.ts'
import { createLog } from './log.ts'
import { openElasticsearchSink, openHdfsSink, runConsumer } from './open-sinks.ts'
import { openTopics } from './open-topics.ts'
import { runUntilSignal, untilSignal } from './run.ts'
import { version } from './version.ts'

const openSinkOf = { hdfs: openHdfsSink, elasticsearch: openElasticsearchSink }

/** Runs one writer from the Kafka topic into a storage, until it is asked to stop. */
export async function runConsume(config: Config, storage: keyof typeof openSinkOf): Promise<void> {
  const signalled = untilSignal()
  const logger = createLog(config.logLevel)
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  registerBuild(registry, version)
  const topics = openTopics(config, logger)
  const consumer = runConsumer(config, topics, openSinkOf[storage], logger, createConsumerMetrics(registry))
  const admin = await listen({
    app: createAdmin({
      readiness() {
        const reason = consumer.trouble()
        return reason === undefined ? { ready: true } : { ready: false, reason }
      },
      metrics: { contentType: registry.contentType, text: () => registry.metrics() },
    }),
    host: config.host,
    port: config.adminPort,
    setting: 'CLICKTRAIL_ADMIN_PORT',
    logger,
  })
  logger.info({ admin: admin.url }, 'the paths /livez, /readyz and /metrics')
  await runUntilSignal(
    {
      signalled,
      died: consumer.died,
      stages: [() => consumer.close(), () => Promise.all([admin.close(), topics.close()])],
    },
    logger,
  )
}
