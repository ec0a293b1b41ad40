import { expect, test } from 'vitest'
import { metricsOfCode, metricsPage } from '../../../deploy/metrics.ts'

test('docs/metrics.md is what the code says', async () => {
  await expect(await metricsPage()).toMatchFileSnapshot('../../../docs/metrics.md')
})

test('every metric has a help of its own, and every label a closed set of values but the version', async () => {
  const metrics = await metricsOfCode()
  expect(metrics.length).toBeGreaterThan(35)
  expect(new Set(metrics.map(({ help }) => help)).size).toBe(metrics.length)
  for (const { name, labels } of metrics) {
    const open = Object.entries(labels).filter(([, values]) => values.length === 0)
    expect(open, name).toEqual(name === 'clicktrail_build_info' ? [['version', []]] : [])
  }
})

test('tells the types apart as the code does', async () => {
  const types = Object.fromEntries((await metricsOfCode()).map(({ name, type }) => [name, type]))
  expect(types).toMatchObject({
    clicktrail_collector_events_accepted_total: 'counter',
    clicktrail_collector_send_records: 'histogram',
    clicktrail_consumer_lag_seconds: 'gauge',
    clicktrail_consumer_receive_to_stored_seconds: 'histogram',
  })
})
