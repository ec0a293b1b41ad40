import { Command, InvalidArgumentError } from 'commander'
import { type HiveVersion, hiveDdl } from '../deploy/hive/ddl.ts'
import { toCommand } from './options/options.ts'

function versionOf(text: string): HiveVersion {
  const version = Number(text.split('.')[0])
  if (version === 2 || version === 3 || version === 4) return version
  throw new InvalidArgumentError('It is 2, 3 or 4.')
}

export function hive(): Command {
  let version: HiveVersion | undefined
  return new Command('hive').description('print SQL for Hive').addCommand(
    toCommand({
      name: 'ddl',
      command: 'hive',
      help: 'print the SQL that makes the table over the landed files, and its views',
      settings: ['hdfsPath', 'hiveTable'],
      flags: [
        {
          flags: '--hive <version>',
          help: 'the oldest Hive that is to read it: 2, 3 or 4 (default: 2)',
          parse: text => {
            version = versionOf(text)
            return version
          },
        },
      ],
      run: async config => {
        const { path: location } = config.hdfs
        process.stdout.write(hiveDdl({ location, table: config.hive.table, ...(version && { hive: version }) }))
      },
    }),
  )
}
