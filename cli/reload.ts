import type { Command } from 'commander'
import { tableSettings } from './hdfs.ts'
import { kafkaSettings, type Subcommand, toCommand } from './options.ts'
import { usageExitsTwo, wholeFrom } from './usage.ts'

const subcommand: Subcommand = {
  name: 'reload',
  command: 'reload',
  help: 'let a storage be written again from an offset on, while the topic still holds the records',
  settings: ['topic', ...tableSettings, 'generation', ...kafkaSettings],
  flags: [
    { flags: '--sink <name>', help: 'hdfs' },
    { flags: '--partition <n>', help: 'partition of the topic', parse: wholeFrom(0) },
    { flags: '--from <offset>', help: 'the file that holds this offset is the first to go', parse: wholeFrom(0) },
    { flags: '--yes', help: 'do it; without, the plan is printed and nothing is changed' },
  ],
  run: async (config, flags) => (await import('./run-reload.ts')).runReload(config, flags),
}

/** `clicktrail reload`: the way out of a damaged file. */
export function reload(): Command {
  return usageExitsTwo(toCommand(subcommand)).addHelpText(
    'after',
    `
Moves the files from the one that holds the offset on to <parent of the table>/_replaced/<table>/<time>/, the newest first. Nothing is
deleted. The writer then goes on from what is left and lands those records again. Refused where the topic no longer holds the record
that the writer would go on at, is another than the one that landed, or has files of a later --generation.

A topic that has lost its newest records (an unclean leader election) halts its partition: reload from the first lost offset on lets
it go on. The rows that were lost then lie only in what was moved.

Every writer must have ended, not only be suspended. With KAFKA_BROKERS that is asked of the brokers: the group <topic>-hdfs must
have no member. Without, the data folder must be free. The group's commit is set to where the writer goes on.`,
  )
}
