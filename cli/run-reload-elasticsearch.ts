import { planReload, type ReloadPlan, reload } from '../consumers/elasticsearch/reload.ts'
import { type Config, ConfigError } from './config/config.ts'
import { openGroup } from './open/group.ts'
import { reach } from './open/reach.ts'

/** Which records: of one partition or of all, from an offset or from a time (milliseconds since 1970) on. */
export interface ElasticsearchReload {
  partition: number | undefined
  from: { offset: number } | { timeMs: number }
  yes: boolean
}

/** Prints which records would be read again, and lets the writer go back to them with `yes`. @throws ConfigError where there is no such partition */
export async function runElasticsearchReload(config: Config, asked: ElasticsearchReload): Promise<void> {
  const group = await openGroup(config, 'elasticsearch')
  try {
    const ask = group.positions()
    const positions = await (config.kafka ? reach('KAFKA_BROKERS', config.kafka.brokers, ask) : ask)
    const atTime = 'timeMs' in asked.from ? await group.offsetsAt(asked.from.timeMs) : undefined
    const { partition } = asked
    if (partition !== undefined && !positions.has(partition))
      throw new ConfigError([`--partition is ${partition}, but ${config.topic} has ${positions.size}, from 0 on`])
    const chosen = partition === undefined ? [...positions.keys()] : [partition]
    const offsetOf = (one: number) => ('offset' in asked.from ? asked.from.offset : (atTime?.get(one) ?? 0))
    const plan = planReload(positions, new Map(chosen.map(one => [one, offsetOf(one)])))
    print(plan, group.group)
    if (plan.back.length === 0) return
    if (!asked.yes) {
      console.log('Nothing was changed: stop every writer, then run this again with --yes.')
      return
    }
    await reload(plan, group)
    console.log('Start the writer: it reads them again.')
  } finally {
    await group.close()
  }
}

function print({ back, stays }: ReloadPlan, group: string): void {
  for (const { partition, why } of stays) console.log(`partition ${partition} stays as it is: ${why}`)
  for (const { partition, next, end, gone } of back) {
    if (gone)
      console.log(
        `partition ${partition}: offsets ${gone.from} to ${gone.to} are no longer on the topic: what is missing of them stays missing`,
      )
    console.log(`partition ${partition}: ${group} goes back to offset ${next}, ${end - next} records are read again`)
  }
  console.log(
    back.length === 0
      ? 'Nothing to do.'
      : 'Of those, events that are in Elasticsearch stay as they are and those that are missing are created.',
  )
}
