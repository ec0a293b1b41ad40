import { type EventRecord, encodeRecord } from '../../topic/record.ts'
import type { LogRecord } from '../../topic/topic.ts'
import { eventRecord } from './log-records.ts'

interface Sent {
  tab: string
  n: number
  /** UTC, `HH:MM`. */
  at: string
  site?: string
  /** Minutes that it took to the collector. */
  tookMin?: number
  action?: string
  properties?: NonNullable<EventRecord['properties']>
}

const day = '2026-11-21'
const timeOf = (at: string) => Date.parse(`${day}T${at}:00.000Z`)

function recordOf({
  tab,
  n,
  at,
  site = 'shop',
  tookMin = 0,
  action = 'page_view',
  properties = {},
}: Sent): EventRecord {
  const record = eventRecord({ tab, sequence: n, atMs: timeOf(at), properties })
  const created = new Date(timeOf(at) + tookMin * 60_000).toISOString()
  return { ...record, event: { ...record.event, action, created }, site }
}

/** Numbers 3, 4 and 7 of it never came; 2 came twice at once, 1 again much later, and 8 tells what its browser gave up. */
const torn = { tab: 'torn' }
const told = { ...torn, n: 8, at: '03:20', action: 'events_dropped', properties: { full: 2, http_400: 1, odd: 'x' } }

const sent: readonly Sent[] = [
  { ...torn, n: 1, at: '02:30' },
  { ...torn, n: 2, at: '02:31' },
  { ...torn, n: 2, at: '02:31' },
  { ...torn, n: 5, at: '03:10' },
  { ...torn, n: 6, at: '03:11', tookMin: 2 },
  { ...torn, n: 1, at: '02:30', tookMin: 45 },
  told,
  { tab: 'whole', n: 1, at: '03:00' },
  { tab: 'whole', n: 2, at: '03:59', tookMin: 1 },
  { tab: 'blog', n: 3, at: '03:30', site: 'blog' },
  told,
]

/** The copies of neighbours alone are recognised. */
export const lossyWindow = 2

/** One partition of two sites and two hours in which something of each kind is lost, late or doubled, and one tab is whole. */
export const lossyLog: readonly (readonly LogRecord[])[] = [
  sent.map((one, offset) => {
    const takenMs = timeOf(one.at) + (one.tookMin ?? 0) * 60_000
    return { offset, timestampMs: takenMs, value: encodeRecord(recordOf(one)) }
  }),
]

/** Every column of the view `loss` over it, by hour and site. */
export const lossOfLossyLog: readonly (readonly (string | number)[])[] = [
  [day, '02', 'shop', 2, 2, 0, 0, 1, 0, 0],
  [day, '03', 'blog', 3, 1, 2, 0, 0, 0, 0],
  [day, '03', 'shop', 8, 5, 3, 1, 2, 3, 1],
]
