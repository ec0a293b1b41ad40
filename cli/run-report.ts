import { elasticsearchClient } from '../consumers/elasticsearch/client.ts'
import { readElasticsearch } from '../report/elasticsearch.ts'
import { readFiles } from '../report/files.ts'
import type { Landed } from '../report/landed.ts'
import { reportOf } from '../report/report.ts'
import { postToSlack } from '../report/slack.ts'
import { type Span, spanUntil } from '../report/span.ts'
import { type Config, ConfigError } from './config.ts'
import { printedReport } from './print-report.ts'
import { reach } from './reach.ts'

/** Prints the report of what has landed, or sends it to Slack. @throws ConfigError where `--slack` has no webhook */
export async function runReport(config: Config, flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { at, minutes, json, slack } = flags
  const { slackWebhookUrl } = config
  if (slack === true && slackWebhookUrl === undefined) {
    throw new ConfigError([
      'CLICKTRAIL_SLACK_WEBHOOK_URL is not set, and report --slack needs it: set it, or CLICKTRAIL_SLACK_WEBHOOK_URL_FILE',
    ])
  }
  const span = spanUntil(
    typeof at === 'string' ? Date.parse(at) : Date.now(),
    typeof minutes === 'number' ? minutes : 10,
  )
  const report = reportOf(await landedIn(config, span), span)
  const text = json === true ? `${JSON.stringify(report, undefined, 2)}\n` : printedReport(report)
  if (slack === true && slackWebhookUrl !== undefined) await postToSlack(slackWebhookUrl, text)
  else process.stdout.write(text)
}

async function landedIn({ elasticsearch, eventsDir }: Config, span: Span): Promise<Landed> {
  const { urls, index, credentials } = elasticsearch
  if (urls === undefined) return readFiles(eventsDir)(span)
  const client = elasticsearchClient({ urls, ...credentials })
  try {
    return await reach('ELASTICSEARCH_URL', urls, readElasticsearch(client, index)(span))
  } finally {
    await client.close()
  }
}
