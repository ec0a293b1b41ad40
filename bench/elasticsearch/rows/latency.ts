import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { elasticsearchClient } from '../../../consumers/elasticsearch/client.ts'
import { setupElasticsearch } from '../../../consumers/elasticsearch/setup.ts'
import { removeIndex } from '../../../test/support/remove-index.ts'
import { atMost, type Figure } from '../../collector/figures.ts'
import { withKafkaLog } from '../../hdfs/kafka-log.ts'
import { type Flags, servers } from '../options.ts'
import { startWriter } from '../writing.ts'

const partitions = 3
const seconds = 30
const burstMs = 100

/** From Kafka's acknowledgement until a search counts it: the n-th is there when n are. */
export async function latency({ rate = 5_000 }: Flags): Promise<Figure[]> {
  const { elasticsearchUrl: url, brokers } = servers
  if (!url || !brokers) return []
  const index = `bench-${randomUUID()}`
  const client = elasticsearchClient({ urls: [url] })
  await setupElasticsearch(client, { index })
  const burst = Math.ceil((rate * burstMs) / 1_000 / partitions)
  try {
    return await withKafkaLog(brokers, partitions, async log => {
      const { consumer, started, dead } = startWriter(log.reader(), url, index)
      await started
      const isRunning = () => consumer.status().filter(one => one.state === 'running').length === partitions
      while (!isRunning()) await Promise.race([wait(20), dead])
      /** When so many were on the log. */
      const appended: { count: number; ms: number }[] = []
      let count = 0
      const latencies: { records: number; ms: number }[] = []
      let done = false
      const watching = (async () => {
        for (let seen = 0; !done || seen < count; await Promise.race([wait(50), dead])) {
          // 503 while an index is being made.
          const search = { index: `${index}-*`, allow_no_indices: true }
          const { count: counted = 0 } = await client.count(search, { ignore: [503] })
          const now = performance.now()
          for (; appended[0] && appended[0].count <= counted; appended.shift())
            latencies.push({ records: burst * partitions, ms: now - appended[0].ms })
          seen = counted
        }
      })()
      const end = performance.now() + seconds * 1_000
      for (let next = performance.now(); next < end; next += burstMs) {
        await wait(Math.max(0, next - performance.now()))
        const ms = performance.now()
        await log.append(burst)
        count += burst * partitions
        appended.push({ count, ms })
      }
      done = true
      await watching
      await consumer.close()
      const p99 = latencies.map(one => one.ms).sort((a, b) => a - b)[Math.floor(latencies.length * 0.99)] ?? Number.NaN
      return [
        { what: `Kafka to searchable at ${rate}/s, p99`, value: p99, unit: 'ms', bounds: atMost(5_000) },
        { what: '… bursts measured', value: latencies.length, unit: '' },
      ]
    })
  } finally {
    await removeIndex(client, index)
    await client.close()
  }
}
