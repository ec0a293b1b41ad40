import { describe, expect, it } from 'vitest'
import { createMetrics } from '../../../../collector/admin/metrics.ts'

const linesOf = async (metrics: ReturnType<typeof createMetrics>) => (await metrics.text()).split('\n')

describe('metrics', () => {
  it('show every row of the answer table by status and reason, also at 0', async () => {
    const metrics = createMetrics()
    metrics.answered('acknowledged', 0.012)
    metrics.answered('acknowledged', 0.004)
    metrics.answered('overloaded', 0.0001)
    const lines = await linesOf(metrics)
    expect(lines).toContain('# TYPE clicktrail_collector_requests_answered_total counter')
    const rows = lines.filter(line => line.startsWith('clicktrail_collector_requests_answered_total{'))
    expect(rows).toEqual(
      expect.arrayContaining([
        'clicktrail_collector_requests_answered_total{status="204",reason="acknowledged"} 2',
        'clicktrail_collector_requests_answered_total{status="503",reason="overloaded"} 1',
        'clicktrail_collector_requests_answered_total{status="503",reason="not_acknowledged"} 0',
        'clicktrail_collector_requests_answered_total{status="500",reason="internal"} 0',
      ]),
    )
    expect(lines).toContain('clicktrail_collector_request_duration_seconds_bucket{le="0.005"} 2')
    expect(lines).toContain('clicktrail_collector_request_duration_seconds_count 3')
  })

  it('count events, refusals and drops by reason', async () => {
    const metrics = createMetrics()
    metrics.accepted(9)
    metrics.accepted(0)
    metrics.rejected('properties')
    metrics.rejected('properties')
    metrics.dropped('prefetch')
    metrics.reportedLost({ full: 7, http: 1 })
    const lines = await linesOf(metrics)
    expect(lines).toContain('clicktrail_collector_events_accepted_total 9')
    expect(lines).toContain('clicktrail_collector_events_rejected_total{reason="properties"} 2')
    expect(lines).toContain('clicktrail_collector_events_rejected_total{reason="size"} 0')
    expect(lines).toContain('clicktrail_collector_requests_dropped_total{reason="prefetch"} 1')
    expect(lines).toContain('clicktrail_collector_requests_dropped_total{reason="gpc"} 0')
    expect(lines).toContain('clicktrail_collector_browser_events_lost_total{reason="full"} 7')
    expect(lines).toContain('clicktrail_collector_browser_events_lost_total{reason="other"} 0')
  })

  it('do not count twice what is asked for twice', async () => {
    const metrics = createMetrics()
    metrics.accepted(1)
    await metrics.text()
    expect(await linesOf(metrics)).toContain('clicktrail_collector_events_accepted_total 1')
  })

  it('put sends into buckets by records and by seconds', async () => {
    const metrics = createMetrics()
    metrics.observeSend(500, 0.02)
    metrics.observeSend(3, 7)
    const lines = await linesOf(metrics)
    expect(lines).toContain('clicktrail_collector_send_records_bucket{le="5"} 1')
    expect(lines).toContain('clicktrail_collector_send_records_sum 503')
    expect(lines).toContain('clicktrail_collector_send_duration_seconds_bucket{le="0.02"} 1')
    expect(lines).toContain('clicktrail_collector_send_duration_seconds_bucket{le="10"} 2')
  })

  it('read what is watched when they are asked for, and keep what was watched before', async () => {
    const metrics = createMetrics()
    let bytes = 1
    metrics.watch({ queueBytes: () => bytes, sendsInFlight: () => 4, partitions: () => 6 })
    metrics.watch({
      breaker: () => 'open',
      spool: () => ({
        bytes: 10,
        maxBytes: 1_000,
        oldestAgeSeconds: 2.5,
        appendedRecords: 7,
        drainedRecords: 6,
        corruptRecords: 1,
        tooLargeRecords: 3,
      }),
    })
    bytes = 2
    const lines = await linesOf(metrics)
    const figures = [
      'queue_bytes 2',
      'sends_in_flight 4',
      'topic_partitions 6',
      'breaker_state{state="open"} 1',
      'breaker_state{state="closed"} 0',
      'spool_bytes 10',
      'spool_limit_bytes 1000',
      'spool_oldest_age_seconds 2.5',
      'spool_records_appended_total 7',
      'spool_records_drained_total 6',
      'spool_records_corrupt_total 1',
      'spool_records_too_large_total 3',
    ]
    for (const figure of figures) expect(lines).toContain(`clicktrail_collector_${figure}`)
  })

  it('are 0 and closed where nobody tells anything', async () => {
    const lines = await linesOf(createMetrics())
    expect(lines).toContain('clicktrail_collector_spool_bytes 0')
    expect(lines).toContain('clicktrail_collector_breaker_state{state="closed"} 1')
  })

  it('tell of the process and the build, each in a registry of its own', async () => {
    const [first, second] = [createMetrics({ version: '1.2.3', process: true }), createMetrics({ process: true })]
    first.accepted(5)
    const lines = await linesOf(first)
    expect(lines).toContain('clicktrail_build_info{version="1.2.3"} 1')
    const names = new Set(lines.map(line => line.split(/[ {]/, 1)[0]))
    for (const name of [
      'process_resident_memory_bytes',
      'process_cpu_seconds_total',
      'nodejs_eventloop_lag_p99_seconds',
    ])
      expect(names).toContain(name)
    expect(await linesOf(second)).toContain('clicktrail_collector_events_accepted_total 0')
  })

  it('have names as Prometheus wants them: one prefix, base units, _total on counters and only there', async () => {
    const types = (await linesOf(createMetrics({ process: true }))).filter(line => line.startsWith('# TYPE '))
    expect(types.length).toBeGreaterThan(30)
    for (const line of types) {
      const [, , name = '', type] = line.split(' ')
      expect(name).toMatch(/^(clicktrail|process|nodejs)_[a-z0-9_]+$/)
      expect(name).not.toMatch(/_(ms|milliseconds|kb|mib)(_|$)/)
      expect(name.endsWith('_total')).toBe(type === 'counter')
    }
  })
})
