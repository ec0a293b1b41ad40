import { randomUUID } from 'node:crypto'
import { elasticsearchClient } from '../../../consumers/elasticsearch/client.ts'
import { setupElasticsearch } from '../../../consumers/elasticsearch/setup.ts'
import { removeIndex } from '../../../test/support/remove-index.ts'
import { kafkaClient } from '../../../topic/kafka/connect.ts'
import { createKafkaReader } from '../../../topic/kafka/reader.ts'
import { atLeast, type Figure } from '../../collector/figures.ts'
import { withKafkaLog } from '../../hdfs/kafka-log.ts'
import { logger } from '../../hdfs/landing-run.ts'
import { makeRecords } from '../../hdfs/records.ts'
import { type Flags, servers } from '../options.ts'
import { bodiesOf, indicesOf, postRaw } from '../raw-posts.ts'
import { bulkRecords, type Written, write } from '../writing.ts'

const partitions = 3
const connections = 8

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

/** Fresh daily indices with our templates while `use` runs; throws unless they hold so many documents after it. */
async function inIndices<T>(url: string, count: number, use: (index: string) => Promise<T>): Promise<T> {
  const client = elasticsearchClient({ urls: [url] })
  const index = `bench-${randomUUID()}`
  try {
    await setupElasticsearch(client, { index })
    for (const name of indicesOf(makeRecords(0, 0, 4_096, 0), index)) await client.indices.create({ index: name })
    const result = await use(index)
    await client.indices.refresh({ index: `${index}-*` })
    const stored = await client.count({ index: `${index}-*` })
    if (stored.count !== count) throw new Error(`${stored.count} documents instead of ${count}`)
    return result
  } finally {
    await removeIndex(client, index)
    await client.close()
  }
}

/** From a real Kafka into a real Elasticsearch, in turn with raw posts of the same documents. */
export async function real({ thousands = 60, rounds }: Flags): Promise<Figure[]> {
  const { elasticsearchUrl: url, brokers } = servers
  if (!url || !brokers) return []
  const each = Math.ceil((thousands * 1_000) / partitions)
  const total = each * partitions
  const kafka = kafkaClient({ brokers, logger })
  const records = Array.from({ length: partitions }, (_, partition) => makeRecords(partition, 0, each, 0)).flat()
  return withKafkaLog(brokers, partitions, async log => {
    await log.append(each)
    const { topic } = log.writer
    const raw = () => inIndices(url, total, index => postRaw(url, bodiesOf(records, index, bulkRecords), connections))
    const written = () =>
      inIndices(url, total, index =>
        write(createKafkaReader(kafka, { topic, group: `${topic}-${randomUUID()}`, logger }), url, index, total),
      )
    const ratios: number[] = []
    const all: Written[] = []
    await raw()
    await written()
    for (let round = 0; round < rounds; round++) {
      const before = await raw()
      const one = await written()
      const after = await raw()
      all.push(one)
      ratios.push((before + after) / 2 / one.seconds)
      console.error(
        `  raw ${(total / before).toFixed(0)}, ours ${(total / one.seconds).toFixed(0)}, raw ${(total / after).toFixed(0)} documents/s`,
      )
    }
    const rate = total / median(all.map(one => one.seconds))
    const cpuMs = median(all.map(one => (one.cpuSeconds * 1e6) / total))
    return [
      { what: 'Kafka to Elasticsearch, documents a second', value: rate, unit: '' },
      { what: '… of raw posts by node:http', value: median(ratios) * 100, unit: '%', bounds: atLeast(90, 95) },
      { what: '… CPU ms for 1,000 documents, Kafka included', value: cpuMs, unit: 'ms' },
    ]
  })
}
