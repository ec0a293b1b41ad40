import { spanUntil } from '../../report/span.ts'
import { type EventRecord, encodeRecord } from '../../topic/record.ts'
import type { LogRecord } from '../../topic/topic.ts'
import { eventRecord } from './log-records.ts'

/** Ten minutes that begin in the middle of a minute. */
export const reportSpan = spanUntil(Date.parse('2026-11-21T12:10:30.250Z'), 10)

interface Sent {
  tab: string
  n: number
  /** Seconds after the span began. */
  at: number
  site?: string
  action?: string
  path?: string | undefined
  properties?: NonNullable<EventRecord['properties']>
}

const click = (color: string | number) => ({ action: 'color_click', properties: { color } })
const odd = '/<b>&`x`'

/** A hole in a tab that began before the span, one in a tab of another site, and one as wide as a tab that slept too long. */
const sent: readonly Sent[] = [
  { tab: 'd', n: 4, at: -26 * 3_600, site: 'blog' },
  { tab: 'a', n: 1, at: -60 },
  { tab: 'a', n: 2, at: -0.001, ...click('red') },
  { tab: 'a', n: 4, at: 0, ...click('red') },
  { tab: 'a', n: 5, at: 599.999, ...click('red') },
  { tab: 'a', n: 6, at: 600, ...click('red') },
  { tab: 'b', n: 1, at: 59.999, path: '/shop' },
  { tab: 'b', n: 2, at: 60, path: undefined },
  { tab: 'b', n: 3, at: 130, action: 'events_dropped', properties: { full: 2, http_503: 1, odd: 'x' } },
  { tab: 'b', n: 4, at: 200, action: 'add_to_cart', properties: { color: 'green' } },
  { tab: 'b', n: 5, at: 320, ...click('blue') },
  { tab: 'b', n: 6, at: 400, path: '/shop' },
  { tab: 'b', n: 7, at: 500, path: '/shop' },
  { tab: 'c', n: 3, at: 360, site: 'blog', path: odd },
  { tab: 'c', n: 3, at: 360, site: 'blog', path: odd },
  { tab: 'd', n: 10, at: 120, site: 'blog', ...click(7) },
  { tab: 'b', n: 1, at: 59.999, path: '/shop' },
]

function recordOf({ tab, n, at, site = 'shop', action = 'page_view', properties, ...said }: Sent): EventRecord {
  const atMs = reportSpan.fromMs + Math.round(at * 1_000)
  const { url: _, properties: __, ...record } = eventRecord({ tab, sequence: n, atMs })
  const path = 'path' in said ? said.path : '/'
  return {
    ...record,
    event: { ...record.event, action },
    site,
    ...(path === undefined ? {} : { url: { full: `https://shop.example${path}`, domain: 'shop.example', path } }),
    ...(properties === undefined ? {} : { properties }),
  }
}

/** One partition of it, in the order in which the topic took them: the last is a copy that came long after its event. */
export const reportLog: readonly LogRecord[] = sent.map((one, offset) => {
  const takenMs = Math.max(...sent.slice(0, offset + 1).map(({ at }) => at)) * 1_000 + reportSpan.fromMs
  return { offset, timestampMs: Math.round(takenMs), value: encodeRecord(recordOf(one)) }
})

const count = (name: string, times: number) => ({ name, count: times })

/** The report over it, but for its middle windows. */
export const reportOfLog = {
  from: '2026-11-21T12:00:30.250Z',
  to: '2026-11-21T12:10:30.250Z',
  events: 11,
  colors: [count('red', 2), count('7', 1), count('blue', 1)],
  pages: [count('/shop', 3), count('(no page)', 1), count(odd, 1)],
  firstWindow: {
    from: '2026-11-21T12:00:30.250Z',
    to: '2026-11-21T12:05:30.250Z',
    events: 6,
    colors: [count('red', 1), count('7', 1), count('blue', 0)],
    pages: [count('/shop', 1), count('(no page)', 1), count(odd, 0)],
  },
  lastWindow: {
    from: '2026-11-21T12:05:30.250Z',
    to: '2026-11-21T12:10:30.250Z',
    events: 5,
    colors: [count('red', 1), count('7', 0), count('blue', 1)],
    pages: [count('/shop', 2), count('(no page)', 0), count(odd, 1)],
  },
  movers: [
    { kind: 'color', name: '7', before: 1, after: 0, change: -1 },
    { kind: 'color', name: 'blue', before: 0, after: 1, change: 1 },
    { kind: 'page', name: '(no page)', before: 1, after: 0, change: -1 },
    { kind: 'page', name: '/<b>&`x`', before: 0, after: 1, change: 1 },
    { kind: 'page', name: '/shop', before: 1, after: 2, change: 1 },
  ],
  loss: [
    { site: 'blog', expected: 13, arrived: 2, missing: 11, givenUp: 0 },
    { site: 'shop', expected: 10, arrived: 9, missing: 1, givenUp: 3 },
  ],
}
