import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import type { AuditReport } from '../../../../consumers/audit/audit.ts'
import { createAuditMetrics } from '../../../../consumers/audit/metrics.ts'

const hdfs = { from: 10, to: 110, stored: 90, explained: 7, dropped: 0, missing: 3, doubled: 0 }
const report: AuditReport = {
  topic: 't',
  partitions: [
    { partition: 0, generation: 1, hdfs },
    { partition: 1, generation: 1, hdfs },
  ],
  findings: [
    {
      kind: 'lost',
      store: 'hdfs',
      topic: 't',
      partition: 1,
      generation: 1,
      from: 110,
      to: 119,
      events: [],
      advice: '',
    },
  ],
  totals: {
    hdfs: { missing: 6, doubled: 0, lost: 2_010 },
    elasticsearch: { missing: 0, doubled: 0, lost: 0 },
  },
  unaudited: [],
  clean: false,
}

async function shown(work: (metrics: ReturnType<typeof createAuditMetrics>) => void): Promise<string> {
  const registry = new Registry()
  work(createAuditMetrics(registry))
  return registry.metrics()
}

test('sums up what the last round found in each storage that it looked at, named in a finding or not', async () => {
  const text = await shown(metrics => metrics.ended(report, 2.5, 1_700_000_000_000))
  expect(text).toContain('clicktrail_audit_checked_offsets{store="hdfs"} 200\n')
  expect(text).toContain('clicktrail_audit_stored_offsets{store="hdfs"} 180\n')
  expect(text).toContain('clicktrail_audit_explained_offsets{store="hdfs"} 14\n')
  expect(text).toContain('clicktrail_audit_missing{store="hdfs"} 6\n')
  expect(text).toContain('clicktrail_audit_lost_offsets{store="hdfs"} 2010\n')
  expect(text).toContain('clicktrail_audit_rounds_total{outcome="mismatch"} 1\n')
  expect(text).toContain('clicktrail_audit_duration_seconds 2.5\n')
  expect(text).toContain('clicktrail_audit_last_success_timestamp_seconds 1700000000\n')
  expect(text).not.toContain('elasticsearch')
})

test('keeps no figures of a storage that the last round had nothing to look at of', async () => {
  const text = await shown(metrics => {
    metrics.ended(report, 2.5, 1_700_000_000_000)
    metrics.ended(
      { ...report, partitions: [{ partition: 0, generation: 1, elasticsearch: hdfs }] },
      1,
      1_700_000_060_000,
    )
  })
  expect(text).not.toContain('store="hdfs"')
  expect(text).toContain('clicktrail_audit_missing{store="elasticsearch"} 3\n')
})

test('keeps what it knew when a round fails, and says so', async () => {
  const text = await shown(metrics => {
    metrics.ended(report, 2.5, 1_700_000_000_000)
    metrics.ended(undefined, 1, 1_700_000_060_000)
  })
  expect(text).toContain('clicktrail_audit_missing{store="hdfs"} 6\n')
  expect(text).toContain('clicktrail_audit_rounds_total{outcome="failed"} 1\n')
  expect(text).toContain('clicktrail_audit_last_success_timestamp_seconds 1700000000\n')
})
