import { existsSync } from 'node:fs'
import { elasticsearchClient } from '../consumers/elasticsearch/client.ts'
import { readElasticsearch } from '../report/elasticsearch.ts'
import { readFiles } from '../report/files.ts'
import type { Landed } from '../report/landed.ts'
import { reportOf } from '../report/report.ts'
import { postToSlack, slackChars } from '../report/slack.ts'
import { type Span, spanUntil } from '../report/span.ts'
import { type Config, ConfigError } from './config/config.ts'
import { reach } from './open/reach.ts'
import { printedReport } from './print/report.ts'

/** Prints the report of what has landed, or sends it to Slack. @throws ConfigError where `--slack` has no webhook, or there is nothing to read */
export async function runReport(config: Config, flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { at, minutes, json, slack } = flags
  const { slackWebhookUrl } = config
  if (slack === true && slackWebhookUrl === undefined) {
    throw new ConfigError([
      'CLICKTRAIL_SLACK_WEBHOOK_URL is not set, and report --slack needs it: set it, or CLICKTRAIL_SLACK_WEBHOOK_URL_FILE',
    ])
  }
  const span = spanUntil(typeof at === 'number' ? at : Date.now(), typeof minutes === 'number' ? minutes : 10)
  const report = reportOf(await landedIn(config, span), span)
  const text =
    json === true
      ? `${JSON.stringify(report, undefined, 2)}\n`
      : printedReport(report, slack === true ? slackChars : undefined)
  if (slack === true && slackWebhookUrl !== undefined) await postToSlack(slackWebhookUrl, text)
  else process.stdout.write(text)
}

async function landedIn(config: Config, span: Span): Promise<Landed> {
  const { urls, index, credentials } = config.elasticsearch
  if (urls === undefined) {
    requireFiles(config)
    return readFiles(config.eventsDir)(span)
  }
  const client = elasticsearchClient({ urls, ...credentials })
  try {
    return await reach('ELASTICSEARCH_URL', urls, readElasticsearch(client, index)(span))
  } finally {
    await client.close()
  }
}

/** Without them it would say that nothing happened. */
function requireFiles({ hdfs, kafka, dataDir, eventsDir }: Config): void {
  if (hdfs.urls)
    throw new ConfigError(['HDFS_URL is set, where report reads no files: set ELASTICSEARCH_URL, which it needs there'])
  if (existsSync(eventsDir)) return
  throw new ConfigError([
    kafka
      ? `KAFKA_BROKERS is set and there are no files in ${eventsDir}: set ELASTICSEARCH_URL, which report needs there`
      : `nothing to report: set ELASTICSEARCH_URL, or CLICKTRAIL_DATA_DIR to where events are; it is ${dataDir}`,
  ])
}
