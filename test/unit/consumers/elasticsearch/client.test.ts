import { createServer } from 'node:http'
import { inspect } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type ElasticsearchOptions, elasticsearchClient } from '../../../../consumers/elasticsearch/client.ts'
import { type FakeElasticsearch, startFakeElasticsearch } from '../../../support/fake-elasticsearch.ts'

let fake: FakeElasticsearch
beforeEach(async () => {
  fake = await startFakeElasticsearch()
})
afterEach(() => fake.close())

it.each([503, 429, 502])('never repeats a request by itself after a %i', async status => {
  fake.faults.push(() => ({ status }))
  const client = elasticsearchClient({ urls: [fake.url] })
  await expect(client.transport.request({ method: 'POST', path: '/_bulk' })).rejects.toThrow()
  expect(fake.requests).toHaveLength(1)
  await client.close()
})

it.each<[string, Partial<ElasticsearchOptions>, string | undefined]>([
  ['nothing', {}, undefined],
  ['a user', { username: 'ada', password: 'secret' }, `Basic ${Buffer.from('ada:secret').toString('base64')}`],
  ['an API key', { apiKey: 'a2V5' }, 'ApiKey a2V5'],
  ['both: the key', { apiKey: 'a2V5', username: 'ada', password: 'secret' }, 'ApiKey a2V5'],
])('authenticates with %s', async (_, options, expected) => {
  let seen: string | undefined
  const server = createServer((request, response) => {
    seen = request.headers.authorization
    response.writeHead(200, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' }).end('{}')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const client = elasticsearchClient({ urls: [`http://127.0.0.1:${port}`], ...options })
  await client.transport.request({ method: 'GET', path: '/' })
  expect(seen).toBe(expected)
  await client.close()
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
})

it('throws errors that hold neither credentials nor a copy of the body', async () => {
  fake.faults.push(() => ({ status: 429, body: { error: { type: 'es_rejected_execution_exception' } } }))
  const client = elasticsearchClient({ urls: [fake.url], username: 'ada', password: 'my secret' })
  const body = Buffer.from('{}\n')
  const request = { method: 'POST', path: '/_bulk', bulkBody: body }
  const error: unknown = await client.transport.request(request).catch(reason => reason)
  expect(error).toMatchObject({
    statusCode: 429,
    meta: { meta: { request: { params: { body: expect.any(Buffer) } } } },
  })
  expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/my secret|YWRhOm15IHNlY3JldA==/)
  await client.close()
})

it('says which file of certificates is missing', () => {
  expect(() => elasticsearchClient({ urls: [fake.url], caFile: '/nowhere/ca.pem' })).toThrow('/nowhere/ca.pem')
})
