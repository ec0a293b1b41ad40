import { afterEach, beforeEach, expect, it } from 'vitest'
import { elasticsearchClient } from '../../../../consumers/elasticsearch/client.ts'
import { setupElasticsearch } from '../../../../consumers/elasticsearch/setup.ts'
import { lifecyclePolicy, mappings, templateVersion } from '../../../../consumers/elasticsearch/template.ts'
import { recordSchema } from '../../../../topic/record.ts'
import { type FakeElasticsearch, type Fault, startFakeElasticsearch } from '../../../support/fake-elasticsearch.ts'

let fake: FakeElasticsearch
beforeEach(async () => {
  fake = await startFakeElasticsearch()
})
afterEach(() => fake.close())

const ok: Fault = () => ({ status: 200, body: { acknowledged: true } })
const setup = () => setupElasticsearch(elasticsearchClient({ urls: [fake.url] }), { index: 'web' })

it('installs policy and templates in an order in which each finds what it names', async () => {
  fake.faults.push(ok, ok, ok)
  const report = await setup()
  expect(report.skipped).toEqual([])
  expect(fake.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'PUT /_ilm/policy/web',
    'PUT /_component_template/web-mappings',
    'PUT /_index_template/web',
  ])
  expect(JSON.parse(fake.requests[2]?.body ?? '')).toMatchObject({
    index_patterns: ['web-*'],
    composed_of: ['web-mappings'],
    template: { settings: { 'index.lifecycle.name': 'web' } },
  })
})

it.each([
  [400, { error: 'no handler found for uri [/_ilm/policy/web] and method [PUT]' }],
  [405, { error: 'Incorrect HTTP method' }],
])('says that it skipped the policy where the server answers %i', async (status, body) => {
  fake.faults.push(() => ({ status, body }), ok, ok)
  const report = await setup()
  expect(report.skipped).toMatchObject([{ what: 'lifecycle policy web' }])
  expect(report.done).toHaveLength(2)
  expect(fake.requests[2]?.body).not.toContain('lifecycle')
})

it.each([
  [403, 'security_exception'],
  [400, 'illegal_argument_exception'],
])('does not take a %i %s for a missing feature', async (status, type) => {
  fake.faults.push(() => ({ status, body: { error: { type } } }))
  await expect(setup()).rejects.toThrow(type)
})

it.each([
  ['this version', templateVersion, 1],
  ['a later version', templateVersion + 1, 1],
  ['an older version', templateVersion - 1, 4],
])('with onlyIfMissing it looks first, and installs only over what is older: %s', async (_, version, requests) => {
  const found = { index_templates: [{ name: 'web', index_template: { version } }] }
  fake.faults.push(() => ({ status: 200, body: found }), ok, ok, ok)
  await setupElasticsearch(elasticsearchClient({ urls: [fake.url] }), { index: 'web', onlyIfMissing: true })
  expect(fake.requests).toHaveLength(requests)
})

it('with onlyIfMissing it installs everything where nothing is', async () => {
  fake.faults.push(() => ({ status: 404, body: { error: { type: 'resource_not_found_exception' } } }), ok, ok, ok)
  const client = elasticsearchClient({ urls: [fake.url] })
  expect((await setupElasticsearch(client, { index: 'web', onlyIfMissing: true })).done).toHaveLength(3)
})

it('never makes an index read-only before day 10, and deletes nothing unasked', () => {
  expect(lifecyclePolicy(undefined).policy.phases).toMatchObject({
    warm: { min_age: '10d', actions: { readonly: {} } },
  })
  expect(lifecyclePolicy(undefined).policy.phases).not.toHaveProperty('delete')
  expect(lifecyclePolicy(90).policy.phases).toHaveProperty('delete.min_age', '90d')
  expect(lifecyclePolicy(3).policy.phases).toHaveProperty('delete.min_age', '11d')
})

it('maps every field of the record', () => {
  expect(Object.keys(mappings.properties).toSorted()).toEqual(Object.keys(recordSchema.shape).toSorted())
})
