import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { elasticsearchClient } from '../../consumers/elasticsearch/client.ts'
import { connectHdfs } from '../../consumers/hdfs/connect.ts'
import { runClicktrail } from '../support/clicktrail.ts'
import { elasticsearchRows } from '../support/elasticsearch-rows.ts'
import { landLog } from '../support/land-log.ts'
import { hdfsRows } from '../support/landed-rows.ts'
import { logRecords } from '../support/log-records.ts'
import { removeIndex } from '../support/remove-index.ts'

const url = process.env['ELASTICSEARCH_URL'] ?? 'http://127.0.0.1:9200'
const webHdfs = process.env['HDFS_URL'] ?? 'http://127.0.0.1:9870'
const topic = `it-from-files-${Date.now().toString(36)}`
const path = `/tmp/clicktrail-from-files-${randomUUID()}/events`
const user = 'clicktrail'
const logger = pino({ level: 'silent' })
const client = elasticsearchClient({ urls: [url] })
const partitions = 2
const each = 1_500

const reload = (...args: string[]) =>
  runClicktrail({
    args: ['reload', '--sink', 'elasticsearch', '--from-files', '--yes', ...args],
    env: {
      CLICKTRAIL_TOPIC: topic,
      HDFS_URL: webHdfs,
      HDFS_PATH: path,
      HDFS_USER: user,
      ELASTICSEARCH_URL: url,
      ELASTICSEARCH_INDEX: topic,
    },
  })
const offsetsOf = (rows: { kafka: { partition: number; offset: number } }[]) =>
  rows.map(({ kafka }) => `${kafka.partition}:${kafka.offset}`).sort()

beforeAll(async () => {
  const store = await connectHdfs({ urls: [webHdfs], user, path, logger })
  const log = Array.from({ length: partitions }, (_, partition) => logRecords(partition, 0, each))
  await landLog(log, { store, topic, logger, maxRecords: 600 })
})
afterAll(async () => {
  await removeIndex(client, topic)
  await client.close()
})

test('what lies on HDFS is in Elasticsearch once, and again after documents were deleted', async () => {
  const first = await reload()
  expect(first.output).toContain(`: ${partitions * each} created, 0 there already`)
  expect(first.code).toBe(0)
  const rows = await elasticsearchRows(url, topic)
  expect(offsetsOf(rows)).toEqual(offsetsOf(await hdfsRows(webHdfs, path)))
  const deleted = rows.filter((_, n) => n % 40 === 7)
  const index = `${topic}-2026.11.21`
  await client.bulk({ operations: deleted.map(({ event }) => ({ delete: { _index: index, _id: event.id } })) })
  const again = await reload()
  expect(again.output).toContain(`: ${deleted.length} created, ${partitions * each - deleted.length} there already`)
  expect(again.output).toContain('Nothing is missing')
  expect(offsetsOf(await elasticsearchRows(url, topic))).toEqual(offsetsOf(rows))
})
