import { adminSession } from '../../topic/kafka/admin-session.ts'
import { kafkaClient } from '../../topic/kafka/connect.ts'
import { groupOffsets } from '../../topic/kafka/group-offsets.ts'
import { sumOf } from './exposition.ts'
import type { Stage } from './stage.ts'

const sinks = ['hdfs', 'elasticsearch'] as const

/** How many offsets each writer has committed; undefined while the broker does not answer. */
export async function committedOf({ env, topic }: Stage): Promise<Record<(typeof sinks)[number], number | undefined>> {
  const session = adminSession(kafkaClient({ brokers: [env['KAFKA_BROKERS'] ?? ''] }))
  const sum = async (sink: string) => {
    const committed = await groupOffsets(session, topic, `${topic}-${sink}`).committed()
    return [...committed.values()].reduce((total, { next }) => total + next, 0)
  }
  try {
    const [hdfs, elasticsearch] = await Promise.all(sinks.map(sum))
    return { hdfs, elasticsearch }
  } catch {
    return { hdfs: undefined, elasticsearch: undefined }
  } finally {
    await session.close()
  }
}

/** Whether the spool is empty, and all that is on the topic is durable in both storages, as the processes tell. */
export async function isSettled({ collector, writers }: Stage): Promise<boolean> {
  const spool = sumOf((await collector.metrics()) ?? '', 'clicktrail_collector_spool_oldest_age_seconds')
  const lags = await Promise.all(
    writers.map(async ({ first }) => sumOf((await first.metrics()) ?? '', 'clicktrail_consumer_lag_records')),
  )
  return [spool, ...lags].every(one => one === 0)
}
