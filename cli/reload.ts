import { type Command, InvalidArgumentError } from 'commander'
import { tableSettings } from './hdfs.ts'
import { kafkaSettings, type Subcommand, toCommand } from './options/options.ts'
import { usageExitsTwo, wholeFrom } from './options/usage.ts'

const subcommand: Subcommand = {
  name: 'reload',
  command: 'reload',
  help: 'let a storage be written again from an offset on, while the topic still holds the records',
  settings: ['topic', ...tableSettings, 'generation', ...kafkaSettings],
  flags: [
    { flags: '--sink <name>', help: 'hdfs or elasticsearch' },
    { flags: '--partition <n>', help: 'partition of the topic (elasticsearch: default all)', parse: wholeFrom(0) },
    {
      flags: '--from <offset>',
      help: 'hdfs: the file that holds this offset is the first to go; elasticsearch: the first that is read again',
      parse: wholeFrom(0),
    },
    {
      flags: '--since <time>',
      help: 'elasticsearch, instead of --from: what the topic took since then, such as 2026-11-21T10:00Z',
      parse: timeOf,
    },
    { flags: '--yes', help: 'do it; without, the plan is printed and nothing is changed' },
    { flags: '--dry-run', help: 'only print the plan, also with --yes' },
  ],
  run: async (config, flags) => (await import('./run-reload.ts')).runReload(config, flags),
}

/** Milliseconds since 1970 of an ISO 8601 time with its zone; throws commander's error. */
function timeOf(text: string): number {
  const timeMs = /^\d{4}-\d\d-\d\d(T.*(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(timeMs)) return timeMs
  throw new InvalidArgumentError('It must be a day (UTC) or a time with its zone, such as 2026-11-21T10:00Z.')
}

/** `clicktrail reload`: the way out of damaged files and of documents that are missing. */
export function reload(): Command {
  return usageExitsTwo(toCommand(subcommand)).addHelpText(
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

Every writer must have ended, not only be suspended. With KAFKA_BROKERS that is asked of the brokers: the group <topic>-<sink> must
have no member. Without, the data folder must be free. The group's commit is set to where the writer goes on.
Exit code: 0 done, or the plan is printed, 1 refused or a server does not answer, 2 wrong usage.`,
  )
}
