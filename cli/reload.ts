import type { Command } from 'commander'
import { tableSettings } from './hdfs.ts'
import { elasticsearchSettings, kafkaSettings, type Subcommand, toCommand } from './options/options.ts'
import { timeOf } from './options/time-flag.ts'
import { wholeFrom } from './options/usage.ts'

const subcommand: Subcommand = {
  name: 'reload',
  command: 'reload',
  help: 'let a storage be written again: from the topic, or Elasticsearch from the landed files',
  settings: ['topic', ...tableSettings, 'generation', ...kafkaSettings, ...elasticsearchSettings],
  flags: [
    { flags: '--sink <name>', help: 'hdfs or elasticsearch' },
    { flags: '--partition <n>', help: 'partition of the topic (elasticsearch: default all)', parse: wholeFrom(0) },
    {
      flags: '--from-files',
      help: 'elasticsearch: bring what lies in the landed files, whether the topic holds it or not',
    },
    {
      flags: '--from <offset>',
      help: 'hdfs: the file that holds this offset is the first to go; elasticsearch: the first that is read again',
      parse: wholeFrom(0),
    },
    {
      flags: '--since <time>',
      help: 'elasticsearch: what the topic took since: 2026-11-21T10:00Z, or 2h, 7d ago; with --from-files whole hours, else instead of --from',
      parse: timeOf,
    },
    { flags: '--until <time>', help: 'with --from-files: only hours that begin before', parse: timeOf },
    { flags: '--yes', help: 'do it; without, the plan is printed and nothing is changed' },
    { flags: '--dry-run', help: 'only print the plan, also with --yes' },
  ],
  run: async (config, flags) => (await import('./run-reload.ts')).runReload(config, flags),
}

/** `clicktrail reload`: the way out of damaged files and of documents that are missing. */
export function reload(): Command {
  return toCommand(subcommand).addHelpText(
    'after',
    `
--sink hdfs moves the files from the one that holds the offset on to <parent of the table>/_replaced/<table>/<time>/, the newest first. Nothing is
deleted. The writer then goes on from what is left and lands those records again. Refused where the topic no longer holds the record
that the writer would go on at, is another than the one that landed, or has files of a later --generation.

A topic that has lost its newest records (an unclean leader election) halts its partition: reload from the first lost offset on lets
it go on. The rows that were lost then lie only in what was moved.

--sink elasticsearch lets the writer read a partition again, or all of them. Events that are there are refused by their id and stay as
they are; only missing ones are created, so that it is safe to repeat. That makes indices again which were dropped on purpose, and writes dead
letters again. It never goes forward, and what is no longer on the topic it can not bring back: the plan says what that is. Where
the topic was made again or has lost its end, and the writer halts, --from 0 takes what the topic has now.

--sink elasticsearch --from-files brings in what is missing itself, hour by hour (UTC, by the topic's clock), from the files on HDFS where
HDFS_URL is set, else from <data folder>/events. It asks no topic; writers may go on, and a run that is cut short is repeated. Every row is
created, or looked at and found; rows that Elasticsearch refuses and lines that can't be read are named, and are no new dead letters. With --from
only rows of that --generation from that offset on, with --partition only those of one. Indices that were dropped on purpose are made again:
--since leaves their hours out.

For the other two, every writer must have ended, not only be suspended. With KAFKA_BROKERS that is asked of the brokers: the group <topic>-<sink> must
have no member. Without, the data folder must be free. The group's commit is set to where the writer goes on.
Exit code: 0 done, or the plan is printed, 1 refused, not all is there, or a server does not answer, 2 wrong usage.`,
  )
}
