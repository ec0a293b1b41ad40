import { type DroppedDay, planRetention, retain } from '../consumers/hdfs/retain.ts'
import { readTable } from '../consumers/hdfs/table.ts'
import { type Config, ConfigError } from './config/config.ts'
import { openTable } from './open/landing-store.ts'
import { printedBytes } from './print/check.ts'
import { counted } from './print/counted.ts'
import { createLog } from './process/log.ts'

/** Drops the days that are older than `--days`, a line for each. @throws ConfigError without `--days` */
export async function runRetain(config: Config, flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { days, dryRun } = flags
  if (typeof days !== 'number')
    throw new ConfigError(['--days is missing: how many days are to stay, such as --days 90'])
  const store = await openTable(config, createLog('warn'))
  const plan = planRetention(await readTable(store), { days, nowMs: Date.now() })
  for (const { day, why } of plan.keep) console.log(`kept     ${day}: ${why}`)
  const verb = dryRun === true ? 'would go' : 'dropped '
  const print = (one: DroppedDay) => console.log(`${verb} ${one.day}: ${contentOf(one)}`)
  if (dryRun === true) plan.drop.forEach(print)
  else await retain(store, plan, print)
  const total = (field: 'folders' | 'files' | 'bytes') => plan.drop.reduce((sum, one) => sum + one[field], 0)
  const all = contentOf({ folders: total('folders'), files: total('files'), bytes: total('bytes') })
  console.log(`${counted(plan.drop.length, 'day')} ${verb.trim()}: ${all}, from ${store.description}`)
  await store.close()
}

function contentOf({ folders, files, bytes }: Omit<DroppedDay, 'day'>): string {
  return `${counted(folders, 'hour')}, ${counted(files, 'file')}, ${printedBytes(bytes)}`
}
