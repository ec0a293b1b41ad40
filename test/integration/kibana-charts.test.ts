import { afterAll, beforeAll, expect, it } from 'vitest'
import { elasticsearchClient } from '../../consumers/elasticsearch/client.ts'
import { setupElasticsearch } from '../../consumers/elasticsearch/setup.ts'
import { charts } from '../../deploy/kibana/charts.ts'
import { chartAnswer } from '../support/chart-answer.ts'
import { eventRecord, tabOf } from '../support/log-records.ts'
import { removeIndex } from '../support/remove-index.ts'

const url = process.env['ELASTICSEARCH_URL'] ?? 'http://127.0.0.1:9200'
const index = `it-charts-${Date.now().toString(36)}`
const client = elasticsearchClient({ urls: [url] })

/** Two tabs of one visitor each: the second lacks number 3, and offset 4 of the topic was passed over. */
const clicks = [
  { tab: 1, sequence: 1, color: 'red', offset: 0 },
  { tab: 1, sequence: 2, color: 'red', offset: 1 },
  { tab: 2, sequence: 1, color: 'blue', offset: 2 },
  { tab: 2, sequence: 2, color: 'red', offset: 3 },
  { tab: 2, sequence: 4, color: 'blue', offset: 5 },
]

beforeAll(async () => {
  await setupElasticsearch(client, { index })
  for (const { tab, sequence, color, offset } of clicks) {
    const record = eventRecord({ tab: tabOf(tab), sequence, properties: { color } })
    const user = { id: `visitor-${tab}` }
    const kafka = { topic: 'clicktrail', partition: 0, offset }
    const page = { language: tab === 1 ? 'ko' : 'en' }
    await client.index({ index: `${index}-2026.11.21`, document: { ...record, user, page, kafka } })
  }
  const view = eventRecord({ tab: tabOf(1), sequence: 3, properties: {} })
  const document = { ...view, event: { ...view.event, action: 'page_view' }, kafka: { partition: 1, offset: 7 } }
  await client.index({ index: `${index}-2026.11.21`, document, refresh: true })
})
afterAll(async () => {
  await removeIndex(client, index)
  await client.close()
})

const answer = (chart: keyof typeof charts) => chartAnswer(client, `${index}-*`, charts[chart].attributes['state'])

it.each<[keyof typeof charts, Record<string, unknown>[]]>([
  ['events', [{ count: 6 }]],
  ['visitors', [{ visitors: 2 }]],
  ['tabs', [{ tabs: 2 }]],
  [
    'colors',
    [
      { color: 'red', count: 3 },
      { color: 'blue', count: 2 },
    ],
  ],
  ['pages', [{ page: '/', count: 1 }]],
  ['browsers', [{ browser: 'Chrome', count: 6 }]],
  [
    'languages',
    [
      { language: 'en', count: 3 },
      { language: 'ko', count: 2 },
    ],
  ],
])('the chart of %s shows what is there', async (chart, rows) => {
  expect(await answer(chart)).toEqual(rows)
})

it('the charts over time have a bar for each while', async () => {
  const time = Date.parse('2026-11-21T00:00:00Z')
  const hour = (row: Record<string, unknown>) => ({ ...row, time: expect.any(Number) })
  const actions = await answer('overTime')
  expect(actions).toEqual([hour({ action: 'color_click', count: 5 }), hour({ action: 'page_view', count: 1 })])
  expect(Number(actions[0]?.['time'])).toBeGreaterThanOrEqual(time)
  expect(await answer('visitorsOverTime')).toEqual([hour({ visitors: 2 })])
})

it('a number missing in a tab, or an offset, is what lies between first and last and is not there', async () => {
  const missing = (row: Record<string, unknown>) =>
    Number(row['missingX0']) - Number(row['missingX1']) + 1 - Number(row['missingX2'])
  const tabs = await answer('losses')
  expect(tabs.map(row => [row['tab'], row['count'], row['last'], missing(row)]).toSorted()).toEqual([
    [tabOf(1), 3, 3, 0],
    [tabOf(2), 3, 4, 1],
  ])
  const partitions = await answer('offsets')
  expect(partitions.map(row => [row['partition'], row['first'], row['last'], missing(row)])).toEqual([
    [0, 0, 5, 1],
    [1, 7, 7, 0],
  ])
})
