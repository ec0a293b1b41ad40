import { fileURLToPath } from 'node:url'
import { Registry } from 'prom-client'
import { listen } from '../collector/http/listen.ts'
import { createConsumerMetrics } from '../consumers/metrics.ts'
import { createDashboard } from '../dashboard/dashboard.ts'
import { checkout } from './checkout.ts'
import type { Config } from './config/config.ts'
import { createFront } from './front.ts'
import { openCollector } from './open/collector.ts'
import { dashboardCollector } from './open/dashboard-collector.ts'
import { dashboardLetters } from './open/dashboard-letters.ts'
import { openElasticsearchSink, openHdfsSink, runConsumer } from './open/sinks.ts'
import { openTopics } from './open/topics.ts'
import { createLog } from './process/log.ts'
import { runUntilSignal, untilSignal } from './process/run.ts'
import { createSite, refusalOfExample } from './site.ts'

/** Runs every configured part in this process, until it is asked to stop. */
export async function runStart(config: Config): Promise<void> {
  const signalled = untilSignal()
  const logger = createLog(config.logLevel)
  const topics = openTopics(config, logger)
  const own = ownOrigins(config)
  const origins = [...config.origins, ...own]
  const refusal = own.map(origin => refusalOfExample(config.sites, origins, origin)).find(why => why !== undefined)
  if (refusal !== undefined) logger.warn(refusal, 'events of the example pages will be refused')
  const registry = new Registry()
  const startedMs = Date.now()
  const collector = openCollector({ ...config, origins }, topics, logger, registry)
  const dashboard = createDashboard({
    eventsDir: config.eventsDir,
    pageDir: fileURLToPath(new URL('dist/dashboard/', checkout)),
    sqlWorker: fileURLToPath(new URL('dist/sql-worker.js', checkout)),
    publicAccess: config.dashboard === 'public',
    links: config.links,
    collector: () => dashboardCollector(registry, startedMs),
    // A look at brokers joins a group, and waits for a topic that is not there: that is for a command.
    ...(config.kafka ? {} : { deadLetters: () => dashboardLetters(topics) }),
    logger,
  })

  const app = createFront({ dashboard: dashboard.app, site: createSite(checkout, config), collector: collector.app })
  const { host } = config
  const server = await listen({ app, direct: collector.events, host, port: config.port, logger })
  const admin = await listen({
    app: collector.admin,
    host,
    port: config.adminPort,
    setting: 'CLICKTRAIL_ADMIN_PORT',
    logger,
  })
  await collector.start()
  const sinks = config.elasticsearch.urls ? [openHdfsSink, openElasticsearchSink] : [openHdfsSink]
  const metricsOf = createConsumerMetrics(registry)
  const consumers = sinks.map(openSink => runConsumer(config, topics, openSink, logger, metricsOf))
  process.stdout.write(whereToLook(server.url, config))

  await runUntilSignal(
    {
      signalled,
      died: Promise.race(consumers.map(consumer => consumer.died)),
      stages: [
        () => Promise.all([server.close(), collector.close(), dashboard.close()]),
        () => Promise.all(consumers.map(consumer => consumer.close())),
        () => Promise.all([admin.close(), topics.close()]),
      ],
    },
    logger,
  )
}

/** The example site is a page like any other: with an allow-list it has to be on it. */
function ownOrigins({ host, port }: Config): string[] {
  const names = new Set(['127.0.0.1', 'localhost', ...(/^[\w.-]+$/.test(host) ? [host] : [])])
  return [...names].map(name => `http://${name}:${port}`)
}

function whereToLook(url: string, config: Config): string {
  const { urls, path } = config.hdfs
  const files = urls ? `${urls[0]}/webhdfs/v1${path}` : config.eventsDir
  const dashboard = urls ? 'reads local files only: ask Hive, or Kibana' : `${url}/dashboard`
  return `
  Clicktrail is running

  Color page   ${url}/
  Shop         ${url}/shop
  Dashboard    ${dashboard}
  Events       POST ${url}${config.eventsPath}
  Files        ${files}/dt=…/hr=…/

  Ctrl-C stops it; nothing that was acknowledged is lost.

`
}
