import { expect, test } from 'vitest'
import { printedReport } from '../../../../cli/print/report.ts'
import { reportOf } from '../../../../report/report.ts'
import { spanUntil } from '../../../../report/span.ts'
import { reportSpan } from '../../../support/report-log.ts'

test('names of visitors control no terminal, break no line and are cut', () => {
  const name = `\u001b[2J\n${'x'.repeat(99)}`
  const tallies = [{ minute: 0, name, count: 1 }]
  const tab = { site: name, events: 1, first: 1, last: 1, before: 0 }
  const landed = { events: tallies, colors: tallies, pages: tallies, tabs: [tab], givenUp: [], unread: [name] }
  const text = printedReport(reportOf(landed, reportSpan))
  expect(text).toContain(`\\u{1b}[2J ${'x'.repeat(28)}`)
  expect(text).not.toContain('\u001b')
  expect(text.split('\n').filter(line => line.startsWith('x'))).toEqual([])
})

test('of a day it leaves out windows, the oldest, where there is no room for all', () => {
  const tallies = Array.from({ length: 1_440 }, (_, minute) => ({ minute, name: 'red', count: 10 }))
  const tab = { site: 'shop', events: 1, first: 1, last: 1, before: 0 }
  const landed = { events: tallies, colors: tallies, pages: [], tabs: [tab], givenUp: [], unread: [] }
  const report = reportOf(landed, spanUntil(reportSpan.toMs, 1_440))
  const text = printedReport(report, 30_000)
  expect(printedReport(report).length).toBeGreaterThan(40_000)
  expect(text.length).toBeLessThanOrEqual(30_000)
  expect(text.length).toBeGreaterThan(29_900)
  expect(text).toMatch(/\nWindows of 5 minutes, the last \d{3} of 1,436\n +events +red\n/)
  expect(text).toMatch(/\n {2}12:05:30 to 12:10:30 +50 +50\n\nLoss\n {2}shop: 0 of 1 missing/)
  expect(printedReport(report, 200)).not.toContain('Windows')
})

test('leaves out windows without events, and says how many', () => {
  const tallies = [5, 57].map(minute => ({ minute, name: 'red', count: 2 }))
  const landed = { events: tallies, colors: tallies, pages: [], tabs: [], givenUp: [], unread: [] }
  const report = reportOf(landed, spanUntil(reportSpan.toMs, 60))
  const full = report.windows.filter(({ events }) => events > 0).length
  const text = printedReport(report)
  expect(text).toContain(`Windows of 5 minutes, but for ${report.windows.length - full} without events\n`)
  expect(text.match(/\n {2}\d\d:\d\d:\d\d to /g)).toHaveLength(full)
  expect(report.windows).toHaveLength(56)
  expect(full).toBe(8)
})

test('of ten minutes without events it says so', () => {
  const landed = { events: [], colors: [], pages: [], tabs: [], givenUp: [], unread: [] }
  expect(printedReport(reportOf(landed, reportSpan))).toBe('2026-11-21 12:00:30 to 12:10:30 UTC: 0 events\n')
})
