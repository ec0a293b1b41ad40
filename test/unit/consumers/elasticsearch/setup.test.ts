import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { z } from 'zod'
import { elasticsearchClient } from '../../../../consumers/elasticsearch/client.ts'
import { type ElasticsearchSetupOptions, setupElasticsearch } from '../../../../consumers/elasticsearch/setup.ts'
import { lifecyclePolicy, mappings, templateVersion } from '../../../../consumers/elasticsearch/template.ts'
import { recordSchema } from '../../../../topic/record.ts'
import {
  type FakeElasticsearch,
  type FakeRequest,
  startFakeElasticsearch,
} from '../../../support/fake-elasticsearch.ts'

/** Bodies by path, as they were put; a test may put its own. */
const stored = new Map<string, Record<string, unknown>>()
const wrongly = new Map<string, { status: number; body: unknown }>()
let indices: Record<string, unknown>[]
let fake: FakeElasticsearch
beforeEach(async () => {
  stored.clear()
  wrongly.clear()
  indices = []
  fake = await startFakeElasticsearch()
  for (let request = 0; request < 60; request++) fake.faults.push(answer)
})
afterEach(() => fake.close())

const body = z.record(z.string(), z.unknown())

/** The server's side of the templates: what is put is there. */
function answer({ method, path, body: text }: FakeRequest) {
  const fault = wrongly.get(`${method} ${path}`)
  if (fault) return fault
  if (method === 'PUT') {
    const given: Record<string, unknown> = text === '' ? {} : body.parse(JSON.parse(text))
    stored.set(path, path.startsWith('/_ilm') ? { version: 1, ...given } : given)
    return { status: 200, body: { acknowledged: true } }
  }
  if (path.startsWith('/_cat/indices')) return { status: 200, body: indices }
  if (path.endsWith('/_mapping')) return { status: 200, body: {} }
  if (path.includes('_simulate_index')) return { status: 200, body: { template: { mappings } } }
  const found = stored.get(path)
  if (!found) return { status: 404, body: { error: { type: 'resource_not_found_exception' }, status: 404 } }
  const name = path.split('/').at(-1) ?? ''
  if (path.startsWith('/_index_template'))
    return { status: 200, body: { index_templates: [{ name, index_template: found }] } }
  if (path.startsWith('/_component_template'))
    return { status: 200, body: { component_templates: [{ name, component_template: found }] } }
  return { status: 200, body: { [name]: found } }
}

const setup = (options: ElasticsearchSetupOptions = {}) =>
  setupElasticsearch(elasticsearchClient({ urls: [fake.url] }), { index: 'web', ...options })
const puts = () => fake.requests.filter(request => request.method === 'PUT').map(request => request.path)
const bodyOf = (path: string) => stored.get(path) ?? {}
const noLifecycle = {
  status: 400,
  body: { error: 'no handler found for uri [/_ilm/policy/web] and method [PUT]' },
}
const made = (version: number, by = 'clicktrail') => ({ version, _meta: { managed_by: by, version } })

it('installs policy and templates in an order in which each finds what it names', async () => {
  expect(await setup()).toMatchObject({
    done: [
      'lifecycle policy web: version 2, new, deletes nothing',
      'component template web-mappings: version 2, new',
      'component template web-settings: version 2, new',
      'index template web: version 2, new',
    ],
    skipped: [],
  })
  expect(puts()).toEqual([
    '/_ilm/policy/web',
    '/_component_template/web-mappings',
    '/_component_template/web-settings',
    '/_index_template/web',
  ])
  expect(bodyOf('/_index_template/web')).toMatchObject({
    index_patterns: ['web-*'],
    composed_of: ['web-mappings', 'web-settings', 'web@custom'],
  })
  expect(bodyOf('/_component_template/web-settings')).toHaveProperty(
    ['template', 'settings', 'index.lifecycle.name'],
    'web',
  )
})

it('makes the index of the day that it is told, and leaves one that is there', async () => {
  const firstDayMs = Date.parse('2026-11-21T12:00:00Z')
  expect((await setup({ firstDayMs })).done.at(-1)).toBe('index web-2026.11.21: new')
  expect((await setup({ firstDayMs })).done.at(-1)).toBe('index web-2026.11.21: as it was')
  expect(puts().filter(path => path === '/web-2026.11.21')).toHaveLength(1)
})

describe('what is there already', () => {
  it('stays as it was when it is of this version', async () => {
    await setup()
    const before = new Map(stored)
    const { done } = await setup()
    expect(done).toHaveLength(4)
    for (const line of done) expect(line).toContain('as it was')
    expect(stored).toEqual(before)
  })

  it('is replaced when it is older, and the report says what it was', async () => {
    stored.set('/_index_template/web', made(1))
    stored.set('/_component_template/web-mappings', made(1))
    expect((await setup()).done).toContain('component template web-mappings: version 2, was 1')
    expect(bodyOf('/_component_template/web-mappings')).toMatchObject({ version: templateVersion })
  })

  it.each([
    ['/_index_template/web', 'index template web'],
    ['/_component_template/web-mappings', 'component template web-mappings'],
    ['/_component_template/web-settings', 'component template web-settings'],
  ])('of a later version at %s keeps everything from being changed', async (path, what) => {
    stored.set(path, made(templateVersion + 1))
    const { done, skipped } = await setup({ firstDayMs: 0 })
    expect(done).toEqual([])
    expect(skipped).toEqual([{ what, why: expect.stringContaining(`version ${templateVersion + 1} is installed`) }])
    expect(puts()).toEqual([])
  })

  it("is never replaced when it is someone else's", async () => {
    stored.set('/_index_template/web', made(1, 'ada'))
    expect((await setup()).skipped).toMatchObject([{ why: expect.stringContaining('that Clicktrail has not made') }])
    expect(puts()).toEqual([])
  })

  it.each([
    [0, 2],
    [templateVersion, 1],
    [templateVersion + 1, 1],
  ])('with onlyIfMissing is looked at first: version %i', async (version, atLeast) => {
    stored.set('/_index_template/web', made(version))
    await setup({ onlyIfMissing: true })
    expect(puts().length > 0).toBe(version < templateVersion)
    expect(fake.requests.length).toBeGreaterThanOrEqual(atLeast)
  })

  it('is told of where it is an index that was made without these templates', async () => {
    indices = [{ index: 'web-2026.11.19' }, { index: 'web-2026.11.20' }, { index: 'web-other' }]
    expect((await setup()).skipped).toMatchObject([{ what: '2 indices from web-2026.11.19 to web-2026.11.20' }])
  })

  it('is told of where it is a template that wins over ours', async () => {
    wrongly.set('POST /_index_template/_simulate_index/web-1970.01.01', { status: 200, body: { template: {} } })
    expect((await setup()).skipped).toMatchObject([{ what: 'web-*', why: expect.stringContaining('higher priority') }])
  })
})

describe('the lifecycle policy', () => {
  it.each([
    ['GET', noLifecycle],
    ['PUT', { status: 405, body: { error: 'Incorrect HTTP method' } }],
  ])('is skipped where the server has none, said by %s', async (method, fault) => {
    wrongly.set(`${method} /_ilm/policy/web`, fault)
    const { done, skipped } = await setup()
    expect(skipped).toMatchObject([{ what: 'lifecycle policy web', why: expect.stringContaining('retain') }])
    expect(done).toHaveLength(3)
    expect(JSON.stringify(bodyOf('/_component_template/web-settings'))).not.toContain('lifecycle')
  })

  it('keeps the age of deletion that it has, until another is given', async () => {
    await setup({ deleteAfterDays: 90 })
    expect((await setup()).done[0]).toBe('lifecycle policy web: version 2, as it was, deletes after 90 days')
    stored.set('/_ilm/policy/web', { policy: { ...lifecyclePolicy(60).policy, _meta: made(1)._meta } })
    expect((await setup()).done[0]).toContain('was 1, deletes after 60 days')
    expect(bodyOf('/_ilm/policy/web')).toMatchObject(lifecyclePolicy(60))
    await setup({ deleteAfterDays: 120 })
    expect(bodyOf('/_ilm/policy/web')).toMatchObject(lifecyclePolicy(120))
  })

  it('is not written again when it is up to date: the operator may have changed it', async () => {
    await setup()
    await setup()
    expect(puts().filter(path => path.startsWith('/_ilm'))).toHaveLength(1)
  })

  it('never makes an index read-only while events may still come, and deletes nothing unasked', () => {
    const phases = (days?: number) => lifecyclePolicy(days).policy.phases
    expect(phases()).toMatchObject({ warm: { min_age: '30d', actions: { readonly: {} } } })
    expect(phases()).not.toHaveProperty('delete')
    expect(phases(90)).toMatchObject({ warm: {}, delete: { min_age: '90d' } })
    expect(phases(7)).toMatchObject({ delete: { min_age: '7d' } })
    expect(phases(7)).not.toHaveProperty('warm')
  })
})

it.each([
  [403, 'security_exception'],
  [400, 'illegal_argument_exception'],
])('does not take a %i %s for a missing feature', async (status, type) => {
  wrongly.set('PUT /_ilm/policy/web', { status, body: { error: { type } } })
  await expect(setup()).rejects.toThrow(type)
})

test('the mapping has every field of the record', () => {
  expect(Object.keys(mappings.properties).toSorted()).toEqual(Object.keys(recordSchema.shape).toSorted())
})
