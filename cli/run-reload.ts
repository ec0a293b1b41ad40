import { type Config, ConfigError } from './config/config.ts'
import { type ElasticsearchReload, runElasticsearchReload } from './run-reload-elasticsearch.ts'
import { type ReloadFromFiles, runReloadFromFiles } from './run-reload-from-files.ts'
import { type HdfsReload, runHdfsReload } from './run-reload-hdfs.ts'

/** Prints what a reload would do, and does it with `--yes`. @throws ConfigError when a flag is missing, or not one of that sink */
export async function runReload(config: Config, flags: Readonly<Record<string, unknown>>): Promise<void> {
  const asked = askedFor(flags)
  if (asked.way === 'hdfs') await runHdfsReload(config, asked)
  else if (asked.way === 'files') await runReloadFromFiles(config, asked)
  else await runElasticsearchReload(config, asked)
}

type Asked =
  | ({ way: 'hdfs' } & HdfsReload)
  | ({ way: 'files' } & ReloadFromFiles)
  | ({ way: 'elasticsearch' } & ElasticsearchReload)

function askedFor({ sink, ...flags }: Readonly<Record<string, unknown>>): Asked {
  const number = (flag: string) => (typeof flags[flag] === 'number' ? flags[flag] : undefined)
  const [partition, from, sinceMs, untilMs] = [number('partition'), number('from'), number('since'), number('until')]
  const yes = flags['yes'] === true && flags['dryRun'] !== true
  const fromFiles = flags['fromFiles'] === true
  if (sink === 'elasticsearch' && fromFiles) return { way: 'files', partition, from, sinceMs, untilMs, yes }
  const problems: string[] = []
  if (fromFiles) problems.push('--from-files is only for --sink elasticsearch: the files are what is read')
  if (untilMs !== undefined) problems.push('--until is only for --from-files: a writer reads to the end of the topic')
  if (sink === 'elasticsearch') {
    if ((sinceMs === undefined) === (from === undefined))
      problems.push('--from or --since, one of them: the offset or the time from which records are read again')
    const start = from !== undefined ? { offset: from } : sinceMs !== undefined ? { timeMs: sinceMs } : undefined
    if (start && problems.length === 0) return { way: 'elasticsearch', partition, from: start, yes }
  } else {
    if (sink !== 'hdfs') problems.push('--sink must be elasticsearch, or hdfs: also for the files of a local folder')
    if (partition === undefined) problems.push('--partition is missing: the number of the partition')
    if (from === undefined) problems.push('--from is missing: an offset of the first file that is to go')
    if (sinceMs !== undefined) problems.push('--since is only for --sink elasticsearch: files go by their offsets')
    if (partition !== undefined && from !== undefined && problems.length === 0)
      return { way: 'hdfs', partition, from, yes }
  }
  throw new ConfigError(problems)
}
