import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createDocuments, type Documents } from '../../../../consumers/audit/documents.ts'
import { elasticsearchClient } from '../../../../consumers/elasticsearch/client.ts'
import { brokenRecord, eventRecord, logRecord, tabOf } from '../../../support/log-records.ts'

const day = 86_400_000
const today = Date.UTC(2026, 10, 21)
let server: Server
let documents: Documents
/** What lies there, by index and id, with its offset. */
let stored: Map<string, number>
let indices: { index: string; status: string }[]
let asked: string[]

beforeEach(async () => {
  stored = new Map()
  indices = [{ index: 'clicktrail-2026.11.21', status: 'open' }]
  asked = []
  server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    asked.push(request.url ?? '')
    response.setHeader('content-type', 'application/json').setHeader('x-elastic-product', 'Elasticsearch')
    response.end(JSON.stringify(answer(request.url ?? '', body)))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const client = elasticsearchClient({ urls: [`http://127.0.0.1:${port}`] })
  documents = createDocuments({ client, topic: 't', index: 'clicktrail' })
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

function answer(url: string, body: string): unknown {
  if (url.startsWith('/_cat/indices')) return indices
  if (url.startsWith('/_mget')) {
    const docs: { _index: string; _id: string }[] = JSON.parse(body).docs
    return { docs: docs.map(one => found(`${one._index}/${one._id}`)) }
  }
  const { size, query } = JSON.parse(body)
  const foreign = String(query.bool.must_not?.[0].wildcard._index ?? 'none').replaceAll('*', '.*')
  if (size === 0) return { aggregations: { blocks: { buckets: [{ key: 10_000, doc_count: 7 }] } } }
  const { gte, lt } = query.bool.filter[2].range['kafka.offset']
  const ours = [...stored].filter(([key]) => !new RegExp(`^${foreign}$`).test(key.split('/')[0] ?? ''))
  const hits = ours.filter(([, offset]) => offset >= gte && offset < lt).slice(0, size)
  return { hits: { hits: hits.map(([key, offset]) => ({ _id: key.split('/')[1], sort: [offset] })) } }
}

function found(key: string): unknown {
  const offset = stored.get(key)
  if (offset === undefined) return { found: false }
  const [, id = ''] = key.split('/')
  const sequence = Number(id.split('-')[1])
  const { tab, event, ...source } = eventRecord({ sequence })
  return { found: true, _source: { ...source, tab, event, kafka: { topic: 't', partition: 0, offset } } }
}

const idOf = (sequence: number) => eventRecord({ sequence }).event.id

test('tells what is there, a copy, missing, and nothing that could be stored', async () => {
  stored.set(`clicktrail-2026.11.21/${idOf(1)}`, 5)
  const records = [1, 1, 2].map((sequence, n) => logRecord(0, 5 + n, { tab: tabOf(1), sequence, atMs: today }))
  expect(await documents.look(0, [...records, brokenRecord(8)])).toEqual(['there', 'copy', 'missing', 'unstorable'])
})

test.each([
  ['of today is gone', today, 'clicktrail-2026.11.20', 'open', 'missing'],
  ['is older than all that are there', today - 2 * day, 'clicktrail-2026.11.20', 'open', 'dropped'],
  ['is closed', today, 'clicktrail-2026.11.21', 'closed', 'dropped'],
])('calls an event whose index %s so', async (_, atMs, index, status, verdict) => {
  indices = [{ index, status }]
  const record = logRecord(0, 5, { tab: tabOf(1, atMs), atMs })
  expect(await documents.look(0, [record])).toEqual([verdict])
})

test('lists more than one answer can hold, and takes no answer of some shards for one', async () => {
  for (let offset = 0; offset < 25_000; offset++) stored.set(`clicktrail-2026.11.21/e${offset}`, offset)
  const listed = await documents.list(0, { from: 0, to: 25_000 })
  expect(listed).toHaveLength(25_000)
  expect(listed.at(-1)).toEqual({ offset: 24_999, id: 'e24999' })
  expect(asked.every(url => url.includes('allow_partial_search_results=false'))).toBe(true)
})

test('takes no document of another installation whose index begins with the same name', async () => {
  stored.set('clicktrail-2026.11.21/ours', 5).set('clicktrail-test-2026.11.21/theirs', 6)
  expect(await documents.list(0, { from: 0, to: 10 })).toEqual([{ offset: 5, id: 'ours' }])
  // It is no day of ours either: theirs, though its name sorts first, does not tell that ours of that day was there.
  indices = ['clicktrail-2026.11.20', 'clicktrail-2026-2026.11.01'].map(index => ({ index, status: 'open' }))
  const records = [logRecord(0, 5, { tab: tabOf(1, today - 2 * day), atMs: today - 2 * day })]
  expect(await documents.look(0, records)).toEqual(['dropped'])
})

test('counts by blocks', async () => {
  expect(await documents.counts(0, { from: 0, to: 20_000 })).toEqual(new Map([[10_000, 7]]))
})

test('rejects when the server does', async () => {
  server.closeAllConnections()
  server.close()
  await expect(documents.look(0, [logRecord(0, 1)])).rejects.toThrow()
  await expect(documents.counts(0, { from: 0, to: 1 })).rejects.toThrow()
})
