import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { planReload, type ReloadPlan } from '../consumers/hdfs/reload/plan.ts'
import { reload } from '../consumers/hdfs/reload/reload.ts'
import type { LandingStore } from '../consumers/hdfs/store.ts'
import { openEmbeddedLog } from '../topic/embedded/log.ts'
import { embeddedStoppedGroup } from '../topic/embedded/stopped-group.ts'
import { kafkaClient } from '../topic/kafka/connect.ts'
import { kafkaStoppedGroup } from '../topic/kafka/stopped-group.ts'
import type { StoppedGroup } from '../topic/stopped-group.ts'
import { type Config, ConfigError } from './config.ts'
import { createLog } from './log.ts'
import { openTable } from './open-landing-store.ts'
import { printedBytes } from './print-check.ts'
import { reach } from './reach.ts'

/** Prints what would be moved, and moves it with `--yes`. @throws ConfigError when a flag is missing */
export async function runReload(config: Config, flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { partition, from } = askedFor(flags)
  const store = await openTable(config, createLog('warn'))
  const group = openGroup(config)
  try {
    const asked = group.bounds(partition)
    const bounds = await (config.kafka ? reach('KAFKA_BROKERS', config.kafka.brokers, asked) : asked)
    const { topic, generation } = config
    const recordAt = (offset: number) => group.recordAt(partition, offset)
    const plan = await planReload(store, { topic, partition, generation, from, bounds, recordAt })
    print(plan, store)
    if (flags['yes'] !== true) {
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

function askedFor(flags: Readonly<Record<string, unknown>>): { partition: number; from: number } {
  const { sink, partition, from } = flags
  const problems: string[] = []
  if (sink === 'elasticsearch')
    problems.push('--sink elasticsearch can not be reloaded yet: its writer skips every event that is there by its id')
  else if (sink !== 'hdfs') problems.push('--sink must be hdfs: also for the files of a local folder')
  if (typeof partition !== 'number') problems.push('--partition is missing: the number of the partition')
  if (typeof from !== 'number') problems.push('--from is missing: an offset of the first file that is to go')
  if (typeof partition === 'number' && typeof from === 'number' && problems.length === 0) return { partition, from }
  throw new ConfigError(problems)
}

function openGroup(config: Config): StoppedGroup {
  const { topic, dataDir } = config
  const group = `${topic}-hdfs`
  if (config.kafka) return kafkaStoppedGroup(kafkaClient(config.kafka), { topic, group })
  const dir = join(dataDir, 'topic')
  if (existsSync(join(dir, topic))) return embeddedStoppedGroup(openEmbeddedLog({ dir, topic }), group)
  throw new ConfigError([
    `CLICKTRAIL_DATA_DIR is ${dataDir}, where no topic ${topic} lies: set it, CLICKTRAIL_TOPIC, or KAFKA_BROKERS to where the records are`,
  ])
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
