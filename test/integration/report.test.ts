import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { elasticsearchClient } from '../../consumers/elasticsearch/client.ts'
import { setupElasticsearch } from '../../consumers/elasticsearch/setup.ts'
import { createElasticsearchSink } from '../../consumers/elasticsearch/sink.ts'
import { createLocalStore } from '../../consumers/hdfs/local/store.ts'
import { readElasticsearch } from '../../report/elasticsearch.ts'
import { readFiles } from '../../report/files.ts'
import { reportOf } from '../../report/report.ts'
import { spanUntil } from '../../report/span.ts'
import { landAll, sinkInto } from '../support/landed-table.ts'
import { eventRecord, logRecord, logStartMs } from '../support/log-records.ts'
import { removeIndex } from '../support/remove-index.ts'
import { reportLog, reportOfLog, reportSpan } from '../support/report-log.ts'

const url = process.env['ELASTICSEARCH_URL'] ?? 'http://127.0.0.1:9200'
const run = `it-report-${Date.now().toString(36)}`
const client = elasticsearchClient({ urls: [url] })
let root: string

/** Lands a log in an index and in a folder of the name, each as its writer does. */
async function landTwice(name: string, log: typeof reportLog) {
  const [index, dir] = [`${run}-${name}`, join(root, name)]
  await setupElasticsearch(client, { index })
  const logger = pino({ level: 'silent' })
  await landAll(createElasticsearchSink({ client, topic: 't', index, logger }), log)
  await landAll(sinkInto(createLocalStore({ dir }), { windowOffsets: 1 }), log)
  await client.indices.refresh({ index: `${index}-*` })
  return { stored: readElasticsearch(client, index), filed: readFiles(dir) }
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'clicktrail-report-'))
})
afterAll(async () => {
  for (const name of ['small', 'large']) await removeIndex(client, `${run}-${name}`)
  await client.close()
  await rm(root, { recursive: true, force: true })
})

test('Elasticsearch and landed files give the same report, of the index alone that is named', async () => {
  const { stored, filed } = await landTwice('small', reportLog)
  const document = eventRecord({ atMs: reportSpan.fromMs })
  await client.index({ index: `${run}-small-2-2026.11.21`, document, refresh: true })
  const report = reportOf(await stored(reportSpan), reportSpan)
  expect(report).toEqual(reportOf(await filed(reportSpan), reportSpan))
  const { windows, ...rest } = report
  const { firstWindow, lastWindow, ...expected } = reportOfLog
  expect(rest).toEqual({ ...expected, unread: [] })
  expect([windows[0], windows[5]]).toEqual([firstWindow, lastWindow])
})

test('they agree on more colors, pages and tabs than an answer holds', async () => {
  const log = Array.from({ length: 5_000 }, (_, offset) => {
    const atMs = logStartMs + offset * 240
    const tab = `tab-of-many-${offset % 2_500}`
    const sequence = offset < 2_500 ? 2 : 5
    return logRecord(0, offset, { tab, sequence, atMs, properties: { color: `c${offset % 2_400}` } })
  })
  const { stored, filed } = await landTwice('large', log)
  const span = spanUntil(logStartMs + 1_200_000, 10)
  const report = reportOf(await stored(span), span)
  expect(report).toEqual(reportOf(await filed(span), span))
  expect(report.events).toBe(2_500)
  expect(report.loss).toEqual([{ site: 'example', expected: 7_500, arrived: 2_500, missing: 5_000, givenUp: 0 }])
})

test('an index that is not there yet is an empty one', async () => {
  const report = reportOf(await readElasticsearch(client, `${run}-none`)(reportSpan), reportSpan)
  expect(report).toMatchObject({ events: 0, colors: [], loss: [] })
})
