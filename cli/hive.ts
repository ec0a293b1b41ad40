import { Command } from 'commander'
import { hiveDdl } from '../deploy/hive/ddl.ts'
import { toCommand } from './options.ts'

export function hive(): Command {
  return new Command('hive').description('print SQL for Hive').addCommand(
    toCommand({
      name: 'ddl',
      command: 'hive',
      help: 'print the SQL that makes the table over the landed files, and its views',
      settings: ['hdfsPath'],
      flags: [{ flags: '--table <name>', help: 'name of the table, with its database or without (default: events)' }],
      run: async (config, { table }) => {
        console.log(hiveDdl({ location: config.hdfs.path, ...(typeof table === 'string' ? { table } : {}) }))
      },
    }),
  )
}
