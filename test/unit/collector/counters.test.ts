import { expect, test } from 'vitest'
import { createCounters } from '../../../collector/counters.ts'

test('are printed in Prometheus’s format, those at 0 too', () => {
  const counters = createCounters()
  counters.add('collector_events_accepted_total', '', 9)
  counters.add('collector_events_rejected_total', 'properties')
  counters.add('collector_events_rejected_total', 'properties', 2)
  const lines = counters.text().split('\n')
  expect(lines).toContain('# TYPE collector_events_accepted_total counter')
  expect(lines).toContain('collector_events_accepted_total 9')
  expect(lines).toContain('collector_events_rejected_total{reason="properties"} 3')
  expect(lines).toContain('collector_requests_answered_total{status="503"} 0')
  expect(counters.text()).toMatch(/\n$/)
})

test('take no label outside their closed set', () => {
  expect(() => createCounters().add('collector_events_rejected_total', 'whim')).toThrow(RangeError)
})
