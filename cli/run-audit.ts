import { existsSync } from 'node:fs'
import { Registry } from 'prom-client'
import { createAdmin } from '../collector/admin/admin.ts'
import { registerBuild } from '../collector/admin/metrics.ts'
import { registerProcess } from '../collector/admin/process-metrics.ts'
import { listen } from '../collector/http/listen.ts'
import { type AuditReport, audit, NoSuchPartition } from '../consumers/audit/audit.ts'
import { createDocuments, type Documents } from '../consumers/audit/documents.ts'
import { createAuditMetrics, outcomeOf } from '../consumers/audit/metrics.ts'
import { wait } from '../consumers/backoff.ts'
import { elasticsearchClient } from '../consumers/elasticsearch/client.ts'
import { type Config, ConfigError } from './config/config.ts'
import { openAuditLog } from './open/audit-log.ts'
import { openTable, reachLandingStore } from './open/landing-store.ts'
import { reach } from './open/reach.ts'
import { timeOf } from './options/time-flag.ts'
import { printedAudit } from './print/audit.ts'
import { createProgress } from './print/progress.ts'
import { createLog } from './process/log.ts'
import { runUntilSignal, untilSignal } from './process/run.ts'
import { version } from './version.ts'

type Flags = Readonly<Record<string, unknown>>

/** Audits once and prints what was found, or goes on until it is asked to stop. @throws ConfigError when it is asked for nothing */
export async function runAudit(config: Config, flags: Flags): Promise<void> {
  requireSense(config, flags)
  if (typeof flags['watch'] === 'number') return watch(config, flags, flags['watch'])
  const progress = createProgress()
  try {
    const report = await auditOnce(config, flags, progress.show)
    progress.end()
    process.stdout.write(flags['json'] === true ? `${JSON.stringify(report, undefined, 2)}\n` : printedAudit(report))
    process.exitCode = report.clean ? 0 : 1
  } catch (error) {
    progress.end()
    if (error instanceof ConfigError) throw error
    if (error instanceof NoSuchPartition) throw new ConfigError([`--partition: ${error.message}`])
    console.error(`clicktrail: ${error instanceof Error ? error.message : error}`)
    process.exitCode = 3
  }
}

function hasFiles({ hdfs, eventsDir }: Config): boolean {
  return hdfs.urls !== undefined || existsSync(eventsDir)
}

function requireSense(config: Config, { partition, fromOffset, toOffset }: Flags): void {
  const problems: string[] = []
  if (!hasFiles(config) && !config.elasticsearch.urls)
    problems.push(
      `nothing to audit: set HDFS_URL or ELASTICSEARCH_URL, or CLICKTRAIL_DATA_DIR to where events are; it is ${config.dataDir}`,
    )
  if (partition === undefined && (fromOffset !== undefined || toOffset !== undefined))
    problems.push('--from-offset and --to-offset need --partition: each partition has offsets of its own')
  if (problems.length > 0) throw new ConfigError(problems)
}

async function auditOnce(config: Config, flags: Flags, onProgress: (text: string) => void): Promise<AuditReport> {
  const { partition, fromOffset, toOffset, since } = flags
  const close: (() => Promise<void>)[] = []
  try {
    const log = await openAuditLog(config)
    close.push(log.close)
    // Before the first file there need not be a table.
    const open = (await log.committed('hdfs')).size > 0 ? openTable : reachLandingStore
    const store = hasFiles(config) ? await open(config, createLog('warn')) : undefined
    if (store) close.push(store.close)
    const documents = openDocuments(config)
    if (documents) close.push(documents.close)
    return await audit({
      log,
      store,
      documents,
      generation: config.generation,
      partition: whole(partition),
      from: whole(fromOffset),
      to: whole(toOffset),
      sinceMs: typeof since === 'string' ? timeOf(since) : undefined,
      onProgress,
    })
  } finally {
    for (const one of close) await one()
  }
}

function whole(flag: unknown): number | undefined {
  return typeof flag === 'number' ? flag : undefined
}

function openDocuments({ elasticsearch, topic }: Config): (Documents & { close(): Promise<void> }) | undefined {
  const { urls, index, credentials } = elasticsearch
  if (!urls) return undefined
  const client = elasticsearchClient({ urls, ...credentials })
  const documents = createDocuments({ client, topic, index })
  const ask = <T>(answer: Promise<T>) => reach('ELASTICSEARCH_URL', urls, answer)
  return {
    counts: (...asked) => ask(documents.counts(...asked)),
    list: (...asked) => ask(documents.list(...asked)),
    first: (...asked) => ask(documents.first(...asked)),
    look: (...asked) => ask(documents.look(...asked)),
    close: () => client.close(),
  }
}

/** Rounds until a signal: each leaves its figures as metrics and in one line of the log, and a line for each thing found. */
async function watch(config: Config, flags: Flags, seconds: number): Promise<void> {
  const signalled = untilSignal()
  const logger = createLog(config.logLevel)
  const registry = new Registry()
  registerProcess(registry)
  registerBuild(registry, version)
  const metrics = createAuditMetrics(registry)
  const stop = new AbortController()
  let reason: string | undefined = 'no round has ended yet'

  async function round(): Promise<void> {
    const beganMs = Date.now()
    const report = await auditOnce(config, flags, () => {}).catch((error: unknown) => {
      if (error instanceof NoSuchPartition) throw error
      reason = error instanceof Error ? error.message : String(error)
      logger.error({ err: error }, 'the topic or a storage did not answer: nothing is known')
      return undefined
    })
    metrics.ended(report, (Date.now() - beganMs) / 1_000, Date.now())
    if (!report) return
    reason = undefined
    for (const finding of report.findings) logger.error(finding, 'mismatch')
    const { topic, partitions, unaudited } = report
    logger.info({ topic, outcome: outcomeOf(report), ms: Date.now() - beganMs, partitions, unaudited }, 'audited')
  }

  async function rounds(): Promise<never> {
    while (!stop.signal.aborted) {
      await round()
      await wait(seconds * 1_000, stop.signal)
    }
    return new Promise(() => {})
  }

  const admin = await listen({
    app: createAdmin({
      readiness: () => (reason === undefined ? { ready: true } : { ready: false, reason }),
      metrics: { contentType: registry.contentType, text: () => registry.metrics() },
    }),
    host: config.host,
    port: config.adminPort,
    setting: 'CLICKTRAIL_ADMIN_PORT',
    logger,
  })
  logger.info({ admin: admin.url }, 'the paths /livez, /readyz and /metrics')
  await runUntilSignal({ signalled, died: rounds(), stages: [async () => stop.abort(), () => admin.close()] }, logger)
}
