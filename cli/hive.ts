import { Command } from 'commander'
import { hiveDdl } from '../deploy/hive/ddl.ts'
import { toCommand } from './options.ts'

export function hive(): Command {
  return new Command('hive').description('ask the files in SQL').addCommand(
    toCommand({
      name: 'ddl',
      command: 'hive',
      help: 'print the SQL that makes the table over the landed files, and its views',
      settings: ['hdfsPath'],
      run: async config => console.log(hiveDdl({ location: config.hdfs.path })),
    }),
  )
}
