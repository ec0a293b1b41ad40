import { planReload, type ReloadPlan } from '../consumers/hdfs/reload/plan.ts'
import { reload } from '../consumers/hdfs/reload/reload.ts'
import type { LandingStore } from '../consumers/hdfs/store.ts'
import { type Config, ConfigError } from './config/config.ts'
import { openGroup } from './open/group.ts'
import { openTable } from './open/landing-store.ts'
import { reach } from './open/reach.ts'
import { printedBytes } from './print/check.ts'
import { createLog } from './process/log.ts'
import { type ElasticsearchReload, runElasticsearchReload } from './run-reload-elasticsearch.ts'

/** Prints what a reload would do, and does it with `--yes`. @throws ConfigError when a flag is missing, or not one of that sink */
export async function runReload(config: Config, flags: Readonly<Record<string, unknown>>): Promise<void> {
  const asked = askedFor(flags)
  if (asked.sink === 'hdfs') await runHdfsReload(config, asked)
  else await runElasticsearchReload(config, asked)
}

interface HdfsReload {
  partition: number
  from: number
  yes: boolean
}

async function runHdfsReload(config: Config, { partition, from, yes }: HdfsReload): Promise<void> {
  const store = await openTable(config, createLog('warn'))
  const group = await openGroup(config, 'hdfs')
  try {
    const asked = group.bounds(partition)
    const bounds = await (config.kafka ? reach('KAFKA_BROKERS', config.kafka.brokers, asked) : asked)
    const { topic, generation } = config
    const recordAt = (offset: number) => group.recordAt(partition, offset)
    const plan = await planReload(store, { topic, partition, generation, from, bounds, recordAt })
    print(plan, store)
    if (!yes) {
      console.log('Nothing was moved: stop every writer, then run this again with --yes.')
      return
    }
    const name = `${new Date().toISOString().replace(/[:.]/g, '-')}-p${partition}`
    const onMoved = (path: string, to: string) => console.log(`moved ${path}\n   to ${to}`)
    await reload(plan, { store, group, partition, name, onMoved })
    console.log(
      `Start the writer: it goes on at offset ${plan.next}. Then "clicktrail hdfs check", and delete what was moved.`,
    )
  } finally {
    await group.close()
    await store.close()
  }
}

type Asked = ({ sink: 'hdfs' } & HdfsReload) | ({ sink: 'elasticsearch' } & ElasticsearchReload)

function askedFor({ sink, ...flags }: Readonly<Record<string, unknown>>): Asked {
  const number = (flag: string) => (typeof flags[flag] === 'number' ? flags[flag] : undefined)
  const [partition, from, since] = [number('partition'), number('from'), number('since')]
  const yes = flags['yes'] === true && flags['dryRun'] !== true
  const problems: string[] = []
  if (sink === 'elasticsearch') {
    if (since !== undefined && from === undefined) return { sink, partition, from: { timeMs: since }, yes }
    if (since === undefined && from !== undefined) return { sink, partition, from: { offset: from }, yes }
    problems.push('--from or --since, one of them: the offset or the time from which records are read again')
  } else {
    if (sink !== 'hdfs') problems.push('--sink must be elasticsearch, or hdfs: also for the files of a local folder')
    if (partition === undefined) problems.push('--partition is missing: the number of the partition')
    if (from === undefined) problems.push('--from is missing: an offset of the first file that is to go')
    if (since !== undefined) problems.push('--since is only for --sink elasticsearch: files go by their offsets')
    if (sink === 'hdfs' && partition !== undefined && from !== undefined && problems.length === 0)
      return { sink, partition, from, yes }
  }
  throw new ConfigError(problems)
}

function print(plan: ReloadPlan, store: LandingStore): void {
  console.log(`In ${store.description}, to be moved:`)
  for (const { path, length } of plan.move) console.log(`  ${path}  ${printedBytes(length)}`)
  const after = plan.after ? `after ${plan.after.path}` : 'which is committed for it, because no file is left'
  if (plan.gone)
    console.log(
      `Offsets ${plan.gone.from} to ${plan.gone.to} are no longer on the topic: their rows will lie only in what was moved.`,
    )
  console.log(`The writer then goes on at offset ${plan.next}, ${after}.`)
}
