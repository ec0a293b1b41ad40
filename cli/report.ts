import { type Command, InvalidArgumentError } from 'commander'
import { elasticsearchSettings, toCommand } from './options/options.ts'
import { timeOf } from './options/time-flag.ts'

/** `clicktrail report`: what happened in the last ten minutes. */
export function report(): Command {
  return toCommand({
    name: 'report',
    command: 'report',
    help: 'what happened in the last ten minutes: colors, pages, windows, movers and loss',
    settings: ['dataDir', ...elasticsearchSettings, 'slackWebhookUrl'],
    flags: [
      {
        flags: '--at <time>',
        help: 'the end of it: 2026-11-21T02:40Z, or 2h, 7d ago (default: now)',
        parse: timeOf,
      },
      { flags: '--minutes <n>', help: 'how many minutes before that, 10 to 1440 (default: 10)', parse: minutes },
      { flags: '--json', help: 'as JSON' },
      { flags: '--slack', help: 'send it to the Slack webhook, and print nothing' },
    ],
    run: async (config, flags) => (await import('./run-report.ts')).runReport(config, flags),
  }).addHelpText(
    'after',
    `
Reads Elasticsearch where ELASTICSEARCH_URL is set, else the files in the data folder: what has landed there, each event once, by the
time at which it happened. On HDFS it reads no files: set ELASTICSEARCH_URL. Events that land later are not in it: give the writers
their time with --at.
Exit code: 0 done, 1 Elasticsearch or Slack does not answer or refuses, 2 wrong usage or nothing to read.`,
  )
}

function minutes(value: string): number {
  const number = /^\d{1,4}$/.test(value) ? Number(value) : Number.NaN
  if (number >= 10 && number <= 1_440) return number
  throw new InvalidArgumentError('It must be a whole number from 10 to 1440.')
}
