import { Registry } from 'prom-client'
import { createAdmin } from '../collector/admin/admin.ts'
import { registerBuild } from '../collector/admin/metrics.ts'
import { registerProcess } from '../collector/admin/process-metrics.ts'
import { listen } from '../collector/http/listen.ts'
import { createReplaySink } from '../consumers/dlq/sink.ts'
import { createConsumerMetrics } from '../consumers/metrics.ts'
import { untilAborted } from '../consumers/until-aborted.ts'
import type { Config } from './config/config.ts'
import { openReplayer } from './open/replayer.ts'
import { type OpenSink, openElasticsearchSink, openHdfsSink, runConsumer } from './open/sinks.ts'
import { openTopics, type Topics } from './open/topics.ts'
import { createLog } from './process/log.ts'
import { runUntilSignal, untilSignal } from './process/run.ts'
import { version } from './version.ts'

const openSinkOf = { hdfs: openHdfsSink, elasticsearch: openElasticsearchSink }

/** Runs one writer from the Kafka topic into a storage, until it is asked to stop. */
export async function runConsume(config: Config, storage: keyof typeof openSinkOf): Promise<void> {
  await runWriter(config, topics => ({ topics, openSink: openSinkOf[storage] }))
}

/** Replays dead letters as they come of age, until it is asked to stop. */
export async function runConsumeDeadLetters(config: Config, flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { rate = 1_000, maxReplays = 3, after = 600_000 } = flags
  await runWriter(config, topics => ({
    topics: { ...topics, reader: () => topics.deadLetterReader('replay') },
    openSink: async (_, logger, signal) => {
      const { replayer, topic, close } = openReplayer(config, topics, logger, () => signal)
      await untilAborted(topic.ready(), signal)
      return createReplaySink({
        replayer,
        topic: config.topic,
        partitions: () => topic.partitions(),
        maxRecordBytes: () => topic.maxRecordBytes(),
        rate: Number(rate),
        maxReplays: Number(maxReplays),
        afterMs: Number(after),
        logger,
        onClose: close,
      })
    },
  }))
}

/** What a writer reads, and how its sink is opened. */
type Wiring = (topics: Topics) => { topics: Topics; openSink: OpenSink }

async function runWriter(config: Config, wire: Wiring): Promise<void> {
  const signalled = untilSignal()
  const logger = createLog(config.logLevel)
  const registry = new Registry()
  registerProcess(registry)
  registerBuild(registry, version)
  const topics = openTopics(config, logger)
  const wired = wire(topics)
  const consumer = runConsumer(config, wired.topics, wired.openSink, logger, createConsumerMetrics(registry))
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
