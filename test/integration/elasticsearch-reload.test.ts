import { afterAll, beforeAll, expect, test } from 'vitest'
import { elasticsearchClient } from '../../consumers/elasticsearch/client.ts'
import { kafkaClient } from '../../topic/kafka/connect.ts'
import { createKafkaWriter } from '../../topic/kafka/writer.ts'
import { encodeRecord } from '../../topic/record.ts'
import { freePort, runClicktrail, spawnClicktrail, untilSaid } from '../support/clicktrail.ts'
import { elasticsearchRows } from '../support/elasticsearch-rows.ts'
import { eventRecord, tabOf } from '../support/log-records.ts'
import { removeIndex } from '../support/remove-index.ts'
import { until } from '../support/until.ts'

const brokers = process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092'
const url = process.env['ELASTICSEARCH_URL'] ?? 'http://127.0.0.1:9200'
const topic = `it-reload-${Date.now().toString(36)}`
const kafka = kafkaClient({ brokers: brokers.split(',') })
const client = elasticsearchClient({ urls: [url] })
const admin = kafka.admin()
const partitions = 2
const each = 1_000
const env = {
  KAFKA_BROKERS: brokers,
  CLICKTRAIL_TOPIC: topic,
  ELASTICSEARCH_URL: url,
  ELASTICSEARCH_INDEX: topic,
}
const clicktrail = (args: string) => runClicktrail({ args: args.split(' '), env })

async function append(): Promise<void> {
  const writer = createKafkaWriter(kafka, { topic, acks: -1 })
  await writer.ready()
  for (let partition = 0; partition < partitions; partition++) {
    const sequences = Array.from({ length: each }, (_, n) => 1 + n)
    await writer.append(
      partition,
      sequences.map(sequence => ({ value: encodeRecord(eventRecord({ tab: tabOf(partition), sequence })) })),
    )
  }
  await writer.close()
}

beforeAll(async () => {
  await admin.connect()
  const { output, code } = await clicktrail(`topics apply --partitions ${partitions} --replication-factor 1`)
  if (code !== 0) throw new Error(output)
  await append()
})

afterAll(async () => {
  await removeIndex(client, topic)
  await client.close()
  await admin.deleteTopics({ topics: [topic, `${topic}-dlq`] })
  await admin.disconnect()
})

async function isAllCommitted(): Promise<boolean> {
  const [commits] = await admin.fetchOffsets({ groupId: `${topic}-elasticsearch`, topics: [topic] })
  const ends = await admin.fetchTopicOffsets(topic)
  return ends.every(({ partition, high }) =>
    commits?.partitions.some(one => one.partition === partition && one.offset === high),
  )
}

/** Runs the writer until it has read all there is. */
async function consume(body: () => Promise<void> = async () => {}): Promise<void> {
  const writer = spawnClicktrail({
    args: ['consume', 'elasticsearch'],
    env: { ...env, CLICKTRAIL_ADMIN_PORT: String(await freePort()) },
  })
  try {
    await untilSaid(writer, 'consuming')
    await until(isAllCommitted, { what: 'all to be committed', everyMs: 100 })
    await body()
  } finally {
    await writer.stop()
  }
}

const countsOf = async () => {
  const rows = await elasticsearchRows(url, topic)
  return { documents: rows.length, events: new Set(rows.map(row => row.event.id)).size }
}

test('refuses while a writer is in the group, and names it', async () => {
  await consume(async () => {
    const { code, output } = await clicktrail('reload --sink elasticsearch --from 0 --yes')
    expect(output).toMatch(new RegExp(`${topic}-elasticsearch has 1 running: .* Stop the writer first`))
    expect(code).toBe(1)
  })
  expect(await countsOf()).toEqual({ documents: partitions * each, events: partitions * each })
})

test('documents that were deleted by hand are there once again after a reload', async () => {
  const rows = await elasticsearchRows(url, topic)
  const deleted = rows.filter((_, n) => n % 20 === 7).map(row => row.event.id)
  const index = `${topic}-2026.11.21`
  await client.bulk({ operations: deleted.map(_id => ({ delete: { _index: index, _id } })) })
  const plan = await clicktrail('reload --sink elasticsearch --from 0')
  expect(plan.output).toContain(`goes back to offset 0, ${each} records are read again`)
  expect((await countsOf()).documents).toBe(partitions * each - deleted.length)
  const { code, output } = await clicktrail('reload --sink elasticsearch --since 2020-01-01 --yes')
  expect(output).toContain('Start the writer')
  expect(code).toBe(0)
  await consume()
  expect(await countsOf()).toEqual({ documents: partitions * each, events: partitions * each })
})

test('what retention has taken is named, and the rest is read again', async () => {
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '300' }] })
  const { output } = await clicktrail('reload --sink elasticsearch --partition 0 --from 100 --dry-run')
  expect(output).toContain('partition 0: offsets 100 to 299 are no longer on the topic')
  expect(output).toContain('goes back to offset 300, 700 records are read again')
})
