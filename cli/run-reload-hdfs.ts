import { planReload, type ReloadPlan } from '../consumers/hdfs/reload/plan.ts'
import { reload } from '../consumers/hdfs/reload/reload.ts'
import type { LandingStore } from '../consumers/hdfs/store.ts'
import type { Config } from './config/config.ts'
import { openGroup } from './open/group.ts'
import { openTable } from './open/landing-store.ts'
import { reach } from './open/reach.ts'
import { printedBytes } from './print/check.ts'
import { createLog } from './process/log.ts'

/** From which offset of which partition on. */
export interface HdfsReload {
  partition: number
  from: number
  yes: boolean
}

/** Prints which files would be moved, and moves them with `yes`. */
export async function runHdfsReload(config: Config, { partition, from, yes }: HdfsReload): Promise<void> {
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
