import type { Command } from 'commander'
import { tableSettings } from './hdfs.ts'
import { elasticsearchSettings, type Subcommand, toCommand, topicSettings, writerSettings } from './options/options.ts'
import { timeOf } from './options/time-flag.ts'
import { wholeFrom } from './options/usage.ts'

const subcommand: Subcommand = {
  name: 'audit',
  command: 'audit',
  help: 'compare topic, landed files, Elasticsearch and dead letters, and name every event that is missing',
  settings: [...topicSettings, ...tableSettings, ...elasticsearchSettings, 'generation', ...writerSettings],
  flags: [
    { flags: '--partition <n>', help: 'only this partition (default: all)', parse: wholeFrom(0) },
    { flags: '--from-offset <n>', help: 'with --partition: only from this offset on', parse: wholeFrom(0) },
    { flags: '--to-offset <n>', help: 'with --partition: only before this offset', parse: wholeFrom(0) },
    {
      flags: '--since <time>',
      help: 'only what the topic took since: 2026-11-21T08:00Z, or 2h, 7d ago; with --watch, ago from each round',
      parse: checkedTime,
    },
    {
      flags: '--watch <seconds>',
      help: 'again and again, this long after each round, with metrics on the admin port (8085)',
      parse: wholeFrom(1),
    },
    { flags: '--json', help: 'print the report as JSON' },
  ],
  run: async (config, flags) => (await import('./run-audit.ts')).runAudit(config, flags),
}

/** The time as it was written: each round reckons it anew. Throws commander's error. */
function checkedTime(value: string): string {
  timeOf(value)
  return value
}

/** `clicktrail audit`: is every event in every storage? */
export function audit(): Command {
  return toCommand(subcommand).addHelpText(
    'after',
    `
Looks at the files on HDFS where HDFS_URL is set, else in <data folder>/events if there are any, and at Elasticsearch where
ELASTICSEARCH_URL is set. Changes nothing; writers may run: only what they have committed is looked at.

Every offset has to be in each storage, or be explained: a copy of an event that is there, a dead letter, or in the files a gap
that was written down. Days and indices that were dropped for their age are counted and no mismatch. Files are read from end to end;
Elasticsearch is asked for numbers, and looked through where they do not fit. What is no longer on the topic is compared with what the
other storage holds.

With KAFKA_BROKERS that topic is read, else the one in the data folder; that can be opened by one process only, so stop
"clicktrail start" first.
Exit code: 0 nothing is missing, 1 something is, 2 wrong usage, 3 the topic or a storage did not answer.`,
  )
}
