import { Hono } from 'hono'
import { listen } from '../collector/listen.ts'
import { createDashboard } from '../dashboard/dashboard.ts'
import { checkout } from './checkout.ts'
import type { Config } from './config.ts'
import { createLog } from './log.ts'
import { collectorSettings, elasticsearchSettings, hdfsSettings, type Subcommand, topicSettings } from './options.ts'
import { openCollector, openConsumer, openElasticsearchSink, openHdfsSink, openTopics } from './parts.ts'
import { runUntilSignal } from './run.ts'
import { createSite } from './site.ts'

export const start: Subcommand = {
  name: 'start',
  command: 'start',
  help: 'run everything that is configured in one process: collector, topic, writers, example site, dashboard',
  settings: ['dashboard', ...collectorSettings, ...topicSettings, ...hdfsSettings, ...elasticsearchSettings],
  run,
}

async function run(config: Config): Promise<void> {
  const logger = createLog(config.logLevel)
  const topics = await openTopics(config, logger)
  const collector = openCollector(config, topics, logger)
  const sinks = [await openHdfsSink(config, logger)]
  if (config.elasticsearch.urls) sinks.push(openElasticsearchSink(config, config.elasticsearch.urls, logger))
  const consumers = sinks.map(sink => openConsumer(topics, sink, logger.child({ sink: sink.name })))
  const dashboard = await createDashboard({
    eventsDir: config.eventsDir,
    pageDir: new URL('dist/dashboard/', checkout).pathname,
    assetsDir: new URL('dashboard/page/', checkout).pathname,
    sqlWorker: new URL('dist/sql-worker.js', checkout),
    publicAccess: config.dashboard === 'public',
    logger,
  })

  const app = new Hono()
  app.route('/dashboard', dashboard.app)
  app.route('/', createSite(checkout))
  app.route('/', collector.app)
  const server = await listen({ app, host: config.host, port: config.port, logger })
  const admin = await listen({ app: collector.admin, host: config.host, port: config.adminPort, logger })
  await collector.start()
  for (const consumer of consumers) await consumer.start()
  process.stdout.write(whereToLook(server.url, config))

  await runUntilSignal(
    {
      died: Promise.race(consumers.map(consumer => consumer.done)).then(() => new Promise<never>(() => {})),
      async close() {
        await server.close()
        await collector.close()
        await Promise.all(consumers.map(consumer => consumer.close()))
        await Promise.all([admin.close(), dashboard.close()])
        await topics.close()
      },
    },
    logger,
  )
}

function whereToLook(url: string, config: Config): string {
  const files = config.hdfs.urls ? `${config.hdfs.urls[0]} ${config.hdfs.path}` : config.eventsDir
  return `
  Clicktrail is running

  Color page   ${url}/
  Shop         ${url}/shop
  Dashboard    ${url}/dashboard
  Events       POST ${url}${config.eventsPath}
  Files        ${files}/dt=…/hr=…/

  Ctrl-C stops it; nothing that was acknowledged is lost.

`
}
