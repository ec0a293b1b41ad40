import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { elasticsearchClient } from '../../consumers/elasticsearch/client.ts'
import { dailyIndex } from '../../consumers/elasticsearch/daily-index.ts'
import { setupElasticsearch } from '../../consumers/elasticsearch/setup.ts'
import { mappings, templateVersion } from '../../consumers/elasticsearch/template.ts'
import { runtimeFields } from '../../deploy/kibana/objects.ts'
import { runClicktrail } from '../support/clicktrail.ts'
import { eventRecord } from '../support/log-records.ts'
import { removeIndex } from '../support/remove-index.ts'

const url = process.env['ELASTICSEARCH_URL'] ?? 'http://127.0.0.1:9200'
const run = `it-setup-${Date.now().toString(36)}`
const client = elasticsearchClient({ urls: [url] })
let made = 0
let index = `${run}-0`
afterEach(async () => {
  await removeIndex(client, index)
  index = `${run}-${++made}`
})

const firstDayMs = Date.parse('2026-11-21T12:00:00Z')
const setup = () => setupElasticsearch(client, { index, firstDayMs })
const day = () => dailyIndex(index, firstDayMs)
const elasticsearch = (...args: string[]) =>
  runClicktrail({
    args: ['elasticsearch', ...args],
    env: { ELASTICSEARCH_URL: url, ELASTICSEARCH_INDEX: index },
  })

async function store(...properties: Record<string, string | number | boolean>[]): Promise<void> {
  for (const one of properties)
    await client.index({ index: day(), document: eventRecord({ properties: one }), refresh: true })
}

describe('setup', () => {
  it('can be repeated, says what it did and what this server can not do, and the index has our fields', async () => {
    const first = await setup()
    expect(first.done.filter(line => !line.startsWith('lifecycle'))).toEqual([
      `component template ${index}-mappings: version ${templateVersion}, new`,
      `component template ${index}-settings: version ${templateVersion}, new`,
      `index template ${index}: version ${templateVersion}, new`,
      `index ${day()}: new`,
    ])
    const again = await setup()
    for (const line of again.done) expect(line).toContain('as it was')
    expect(again.skipped.map(one => one.what)).toEqual(first.skipped.map(one => one.what))
    const stored = await client.indices.getMapping({ index: day() })
    expect(stored[day()]?.mappings).toEqual({ ...mappings, dynamic: 'false' })
  })

  it("takes the operator's own component template for stronger than ours, and leaves it there", async () => {
    const custom = { settings: { number_of_shards: 3 }, mappings: { properties: { mine: { type: 'keyword' } } } }
    await client.cluster.putComponentTemplate({ name: `${index}@custom`, template: custom } as never)
    await setup()
    const stored = await client.indices.get({ index: day() })
    expect(stored[day()]).toMatchObject({
      settings: { index: { number_of_shards: '3', refresh_interval: '1s', auto_expand_replicas: '0-1' } },
      mappings: { properties: { mine: { type: 'keyword' }, properties: { type: 'flattened' } } },
    })
  })

  it('never replaces a later version, nor what is not ours', async () => {
    await client.indices.putIndexTemplate({ name: index, version: 99, index_patterns: [`${index}-*`], priority: 200 })
    expect(await setup()).toMatchObject({ done: [], skipped: [{ what: `index template ${index}` }] })
    const { index_templates: found } = await client.indices.getIndexTemplate({ name: index })
    expect(found[0]?.index_template.version).toBe(99)
  })

  it('names indices that were made before it, and a template that wins over ours', async () => {
    await client.indices.create({ index: dailyIndex(index, 0) })
    const rival = `${index}-rival`
    await client.indices.putIndexTemplate({ name: rival, index_patterns: [`${index}-1970*`], priority: 900 })
    const { skipped } = await setup()
    await client.indices.deleteIndexTemplate({ name: rival })
    expect(skipped.map(one => one.what)).toEqual(
      expect.arrayContaining([`index ${dailyIndex(index, 0)}`, `${index}-*`]),
    )
  })

  it('prints a line for each thing from the command line', async () => {
    const { code, output } = await elasticsearch('setup')
    expect(output).toContain(`done     index template ${index}: version ${templateVersion}, new\n`)
    expect(output).toContain(`done     index ${dailyIndex(index, Date.now())}: new\n`)
    expect(code).toBe(0)
  })
})

describe('retain', () => {
  const old = () => dailyIndex(index, Date.parse('2020-01-01'))
  const exists = (name: string) => client.indices.exists({ index: name })

  it('drops old daily indices, closed ones too, and nothing else', async () => {
    await setup()
    const closed = dailyIndex(index, Date.parse('2020-01-02'))
    const strange = `${index}-2020.01.01-restored`
    for (const name of [old(), closed, strange]) await client.indices.create({ index: name })
    await client.indices.close({ index: closed })
    const { code, output } = await elasticsearch('retain', '--days', '90')
    expect(output).toContain(`kept     ${strange}: not a daily index of ${index}`)
    expect(output).toMatch(new RegExp(`dropped  ${old()}: 0 documents.*\n.*dropped  ${closed}`))
    expect(output).toContain('2 indices dropped: 0 documents')
    expect(code).toBe(0)
    expect(await Promise.all([old(), closed, strange, day()].map(exists))).toEqual([false, false, true, true])
  })

  it('with --dry-run drops nothing', async () => {
    await client.indices.create({ index: old() })
    const { output } = await elasticsearch('retain', '--days', '90', '--dry-run')
    expect(output).toContain(`would go ${old()}: 0 documents`)
    expect(await exists(old())).toBe(true)
  })

  it('is wrong usage without a number of days: 2', async () => {
    expect(await elasticsearch('retain')).toMatchObject({ code: 2, output: expect.stringContaining('--days') })
  })
})

describe("the data view's own fields", () => {
  const stats = z.object({ count: z.number(), sum: z.number() })
  const terms = z.object({ buckets: z.array(z.object({ key: z.string(), doc_count: z.number() })) })

  it('are numbers where properties hold numbers, and text where they hold text', async () => {
    await setup()
    await store({ price: 2.5, color: 'red' }, { price: '7.5', color: 'red' }, { price: 'free' }, { color: 'blue' })
    const { aggregations, hits } = await client.search({
      index: `${index}-*`,
      runtime_mappings: runtimeFields,
      query: { range: { 'properties.price': { gte: 1 } } },
      sort: [{ 'properties.price': 'desc' }],
      fields: ['properties.price', 'properties.color'],
      aggs: {
        price: { stats: { field: 'properties.price' } },
        all: { global: {}, aggs: { color: { terms: { field: 'properties.color' } } } },
      },
    })
    expect(hits.hits.map(hit => hit.fields)).toEqual([
      { 'properties.price': [7.5], 'properties.color': ['red'] },
      { 'properties.price': [2.5], 'properties.color': ['red'] },
    ])
    expect(stats.parse(aggregations?.['price'])).toEqual({ count: 2, sum: 10 })
    const { color } = z.object({ color: terms }).parse(aggregations?.['all'])
    expect(color.buckets).toEqual([
      { key: 'red', doc_count: 2 },
      { key: 'blue', doc_count: 1 },
    ])
  })

  it('leave the other properties to the mapping', async () => {
    await setup()
    await store({ plan: 'free', rare: 'x' }, { plan: 'paid' })
    const query = { term: { 'properties.rare': 'x' } }
    const { hits } = await client.search({ index: `${index}-*`, runtime_mappings: runtimeFields, query })
    expect(hits.hits).toHaveLength(1)
  })
})
