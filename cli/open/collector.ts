import { existsSync, readFileSync } from 'node:fs'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import { createMetrics } from '../../collector/admin/metrics.ts'
import { type Collector, createCollector } from '../../collector/collector.ts'
import type { PrivacyOptions } from '../../collector/privacy/documents.ts'
import { checkout } from '../checkout.ts'
import type { Config } from '../config/config.ts'
import { version } from '../version.ts'
import { openCollectorSpool } from './spool.ts'
import type { Topics } from './topics.ts'
import { visitorSecret } from './visitor-secret.ts'

/** The collector as it is configured, before the configured topic; its metrics in `registry`, where one is given. */
export function openCollector(config: Config, topics: Topics, logger: Logger, registry?: Registry): Collector {
  const debugScript = new URL('sdk/dist/clicktrail.debug.js', checkout)
  const writer = topics.writer()
  return createCollector({
    writer,
    spool: openCollectorSpool(config, writer, logger),
    script: readFileSync(new URL('sdk/dist/clicktrail.js', checkout)),
    debugScript: existsSync(debugScript) ? readFileSync(debugScript) : undefined,
    origins: config.origins,
    sites: config.sites,
    eventsPath: config.eventsPath,
    scriptPath: config.scriptPath,
    privacy: privacyOf(config),
    ip: config.ip,
    userAgent: config.userAgent,
    gpc: config.gpc,
    visitor:
      config.visitor === 'off'
        ? { mode: 'off' }
        : { mode: 'daily', secret: config.visitorSecret ?? visitorSecret(config.dataDir) },
    trustedProxies: config.trustedProxies,
    rateLimit: config.rateLimit,
    metrics: createMetrics({ version, process: true, ...(registry && { registry }) }),
    logger,
  })
}

function privacyOf({ privacy }: Config): PrivacyOptions | undefined {
  if (privacy.path === 'off') return undefined
  return { ...privacy, controls: readFileSync(new URL('dist/privacy/controls.js', checkout)) }
}
