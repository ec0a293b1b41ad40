import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { dashboardCollector } from '../../../../cli/open/dashboard-collector.ts'
import { createMetrics } from '../../../../collector/admin/metrics.ts'

test('the dashboard is told what the collector took, refused and dropped, and what browsers gave up', async () => {
  const registry = new Registry()
  const metrics = createMetrics({ registry })
  metrics.accepted(40)
  metrics.answered('acknowledged')
  metrics.answered('bad_request')
  metrics.answered('overloaded')
  metrics.answered('overloaded')
  metrics.rejected('properties')
  metrics.dropped('gpc')
  metrics.reportedLost({ full: 7 })
  const { lost, ...figures } = await dashboardCollector(registry, 5)
  expect(figures).toEqual({ sinceMs: 5, accepted: 40 })
  expect(lost.filter(({ count }) => count > 0)).toEqual([
    { what: 'refused', reason: 'bad_request', count: 1 },
    { what: 'refused', reason: 'overloaded', count: 2 },
    { what: 'rejected', reason: 'properties', count: 1 },
    { what: 'dropped', reason: 'gpc', count: 1 },
    { what: 'given up', reason: 'full', count: 7 },
  ])
  expect(lost.map(({ reason }) => reason)).not.toContain('acknowledged')
})
