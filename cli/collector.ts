import { listen } from '../collector/http/listen.ts'
import type { Config } from './config/config.ts'
import { openCollector } from './open/collector.ts'
import { openTopics } from './open/topics.ts'
import { requireKafka } from './options/cluster.ts'
import { collectorSettings, type Subcommand, topicSettings } from './options/options.ts'
import { createLog } from './process/log.ts'
import { runUntilSignal, untilSignal } from './process/run.ts'

export const collector: Subcommand = {
  name: 'collector',
  command: 'collector',
  help: 'run the collector alone: HTTP in, records on the Kafka topic',
  settings: [...collectorSettings, ...topicSettings],
  needs: ['kafkaBrokers'],
  run,
}

async function run(config: Config): Promise<void> {
  requireKafka(config, 'collector')
  const signalled = untilSignal()
  const logger = createLog(config.logLevel)
  const topics = openTopics(config, logger)
  const collecting = openCollector(config, topics, logger)
  const server = await listen({
    app: collecting.app,
    direct: collecting.events,
    host: config.host,
    port: config.port,
    logger,
  })
  const admin = await listen({
    app: collecting.admin,
    host: config.host,
    port: config.adminPort,
    setting: 'CLICKTRAIL_ADMIN_PORT',
    logger,
  })
  await collecting.start()
  logger.info({ url: server.url, admin: admin.url }, 'collecting')
  await runUntilSignal(
    {
      signalled,
      died: new Promise(() => {}),
      stages: [
        () => Promise.all([server.close(), collecting.close()]),
        () => Promise.all([admin.close(), topics.close()]),
      ],
    },
    logger,
  )
}
