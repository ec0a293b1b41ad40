import { errors } from '@elastic/elasticsearch'
import { elasticsearchClient } from '../consumers/elasticsearch/client.ts'
import { type FilesReloaded, reloadFiles } from '../consumers/elasticsearch/reload-files.ts'
import { type HourOfFiles, hoursOf } from '../consumers/elasticsearch/reload-hours.ts'
import { setupElasticsearch } from '../consumers/elasticsearch/setup.ts'
import { createElasticsearchSink } from '../consumers/elasticsearch/sink.ts'
import type { LandingStore } from '../consumers/hdfs/store.ts'
import { readTable } from '../consumers/hdfs/table.ts'
import type { Sink } from '../consumers/sink.ts'
import { type Config, ConfigError } from './config/config.ts'
import { openTable } from './open/landing-store.ts'
import { reach } from './open/reach.ts'
import { createProgress } from './print/progress.ts'
import { printedFilesPlan, printedFilesReload, printedHour } from './print/reload-files.ts'
import { createLog } from './process/log.ts'

/** Which rows: those of some hours (milliseconds since 1970), of one partition, or from an offset on; undefined: all. */
export interface ReloadFromFiles {
  partition: number | undefined
  from: number | undefined
  sinceMs: number | undefined
  untilMs: number | undefined
  yes: boolean
}

/**
 * Prints which landed files would be brought to Elasticsearch, and does it with `yes`; the exit code is 1 where something of them is not
 * there then. @throws ConfigError where no Elasticsearch is configured
 */
export async function runReloadFromFiles(config: Config, { from, yes, ...asked }: ReloadFromFiles): Promise<void> {
  if (!config.elasticsearch.urls) throw new ConfigError(['--from-files needs ELASTICSEARCH_URL: where the rows go'])
  const store = await openTable(config, createLog('warn'))
  try {
    const { files } = await readTable(store)
    const { generation } = config
    const hours = hoursOf(files, { ...asked, from: from === undefined ? undefined : { offset: from, generation } })
    process.stdout.write(printedFilesPlan(hours, store.description))
    if (hours.length === 0) return
    if (!yes) {
      console.log('Nothing was changed: run this again with --yes. Writers may go on.')
      return
    }
    const report = await bring(config, { store, hours, from })
    process.stdout.write(printedFilesReload(report, hours.length))
    if (report.refused + report.unread + report.unanswered > 0) process.exitCode = 1
  } finally {
    await store.close()
  }
}

interface Work {
  store: LandingStore
  hours: readonly HourOfFiles[]
  from: number | undefined
}

async function bring(config: Config, work: Work): Promise<FilesReloaded> {
  const sink = await openSink(config)
  const progress = createProgress()
  let reached = work.hours[0]?.hourMs ?? 0
  try {
    return await reloadFiles({
      ...work,
      sink,
      topic: config.topic,
      signal: new AbortController().signal,
      onProgress: ({ hour, hourMs, rows }) => {
        reached = hourMs
        progress.show(`hour ${hour} of ${work.hours.length}, ${printedHour(hourMs)}: ${rows} rows`)
      },
    })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const again = `${printedHour(reached)}:00Z`
    throw new Error(`${reason}\n  All before ${again} is done: the same with --since ${again} goes on there.`, {
      cause,
    })
  } finally {
    progress.end()
    await sink.close()
  }
}

/** The writer's sink. What is refused is named at the end: no reason to wait for a repaired mapping. */
async function openSink({ topic, elasticsearch }: Config): Promise<Sink> {
  const { urls = [], index, credentials } = elasticsearch
  const client = elasticsearchClient({ urls, ...credentials })
  const setUp = setupElasticsearch(client, { index, onlyIfMissing: true }).catch((error: unknown) => {
    // Who may write only has templates that somebody else has installed.
    if (!(error instanceof errors.ResponseError && error.statusCode === 403)) throw error
  })
  await reach('ELASTICSEARCH_URL', urls, setUp)
  return createElasticsearchSink({ client, topic, index, logger: createLog('warn'), waitForMapping: false })
}
