import { Command } from 'commander'
import type { SettingKey } from './config/settings.ts'
import { toCommand } from './options/options.ts'
import { wholeFrom } from './options/usage.ts'

/** Which table: on HDFS, or in the data folder. */
export const tableSettings = [
  'hdfsUrl',
  'hdfsUser',
  'hdfsPath',
  'hdfsDataNodes',
  'dataDir',
] as const satisfies SettingKey[]

/** `clicktrail hdfs check|retain`: what an operator does with the landed files. */
export function hdfs(): Command {
  const check = toCommand({
    name: 'check',
    command: 'hdfs',
    help: 'read every landed file and say what is damaged, missing, doubled or left over',
    settings: ['topic', ...tableSettings],
    flags: [{ flags: '--json', help: 'print the report as JSON' }],
    run: async (config, flags) => (await import('./run-check.ts')).runCheck(config, flags['json'] === true),
  }).addHelpText(
    'after',
    `
Reads the table on HDFS where HDFS_URL is set, else <data folder>/events. Changes nothing; writers may run.
"skipped" are offsets that were passed over: copies that were dropped, dead letters and gaps. "copies" are events that landed twice.
Exit code: 0 nothing is damaged, 1 something is (or the storage does not answer), 2 wrong usage.`,
  )
  const retain = toCommand({
    name: 'retain',
    command: 'hdfs',
    help: 'drop the days of the table that are older than a number of days',
    settings: tableSettings,
    flags: [
      { flags: '--days <n>', help: 'how many days before today stay (UTC)', parse: wholeFrom(1) },
      { flags: '--dry-run', help: 'print what would go, and drop nothing' },
    ],
    run: async (config, flags) => (await import('./run-retain.ts')).runRetain(config, flags),
  }).addHelpText(
    'after',
    `
Drops whole dt=YYYY-MM-DD folders for good: HDFS's trash is not used. Nothing else is touched, and these stay whatever their age:
  - a day that holds anything that is not Clicktrail's; it is named
  - the day of each partition's newest file: the writer goes on from there
Hive forgets the partitions with MSCK REPAIR TABLE <table> SYNC PARTITIONS (from 3.1 on), or ALTER TABLE <table> DROP PARTITION (dt='…')`,
  )
  const group = new Command('hdfs').description('check landed files, and drop old ones')
  return group.addCommand(check).addCommand(retain)
}
