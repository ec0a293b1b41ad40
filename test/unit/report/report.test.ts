import { describe, expect, test } from 'vitest'
import { countsOf } from '../../../report/counts.ts'
import { givenUpOf } from '../../../report/given-up.ts'
import type { Landed, TabSeen, Tally } from '../../../report/landed.ts'
import { moversOf } from '../../../report/movers.ts'
import { reportOf } from '../../../report/report.ts'
import { lossBySite } from '../../../report/site-loss.ts'
import { spanUntil } from '../../../report/span.ts'

const span = spanUntil(Date.UTC(2026, 10, 21, 12, 10), 10)
const nothing: Landed = { events: [], colors: [], pages: [], tabs: [], givenUp: [], unread: [] }
const tally = (minute: number, count = 1, name = 'red'): Tally => ({ minute, name, count })

describe('counts', () => {
  test('are of the minutes that are asked for, most first, then by name', () => {
    const tallies = [tally(0, 9), tally(1, 2, 'b'), tally(2, 2, 'a'), tally(3, 3, 'c'), tally(3, 1, 'a'), tally(4, 9)]
    expect(countsOf(tallies, 1, 4)).toEqual([
      { name: 'a', count: 3 },
      { name: 'c', count: 3 },
      { name: 'b', count: 2 },
    ])
  })
})

describe('windows', () => {
  test('of ten minutes are six, each five minutes long and a minute after the one before', () => {
    const { windows } = reportOf({ ...nothing, events: [0, 4, 5, 9].map(minute => tally(minute)) }, span)
    expect(windows.map(({ from, to, events }) => [from.slice(14, 16), to.slice(14, 16), events])).toEqual([
      ['00', '05', 2],
      ['01', '06', 2],
      ['02', '07', 2],
      ['03', '08', 2],
      ['04', '09', 2],
      ['05', '10', 2],
    ])
  })

  test('show ten names and count all', () => {
    const events = Array.from({ length: 12 }, (_, index) => tally(7, 12 - index, `name ${index}`))
    const report = reportOf({ ...nothing, events, colors: events }, span)
    expect(report.colors).toEqual(events.slice(0, 10).map(({ name, count }) => ({ name, count })))
    expect(report.windows[5]).toMatchObject({ events: 78, colors: report.colors })
  })
})

describe('a window', () => {
  test('of a day costs no look at each name that the day has', () => {
    const length = 2_000
    let looks = 0
    const pages = Array.from({ length }, (_, index) => {
      const page = tally(index % 1_440, 1, `/${index}`)
      return Object.defineProperty({ ...page }, 'name', { get: () => ++looks && page.name })
    })
    const { windows } = reportOf({ ...nothing, pages }, spanUntil(span.toMs, 1_440))
    expect(windows).toHaveLength(1_436)
    expect(looks).toBeLessThan(20 * length)
  })

  test('counts the names of the whole report, those too of which it has more', () => {
    const pages = [
      tally(0, 30, '/a'),
      ...Array.from({ length: 12 }, (_, index) => tally(9, 20, `/b${index}`)),
      tally(9, 1, '/a'),
    ]
    const { windows } = reportOf({ ...nothing, pages }, span)
    expect([windows[0]?.pages[0], windows[5]?.pages[0]]).toEqual([
      { name: '/a', count: 30 },
      { name: '/a', count: 1 },
    ])
  })
})

describe('movers', () => {
  test('are the last window against the one that ended where it begins', () => {
    const colors = [tally(0, 5), tally(4, 1), tally(5, 20), tally(10, 30), tally(14, 3), tally(0, 99, 'gone before')]
    const { movers } = reportOf({ ...nothing, colors }, spanUntil(span.toMs, 15))
    expect(movers).toEqual([{ kind: 'color', name: 'red', before: 20, after: 33, change: 13 }])
  })

  test('count names that are in one window only, however rare, and leave out what did not change', () => {
    const before = [
      { name: 'same', count: 50 },
      { name: 'gone', count: 3 },
    ]
    const after = [
      { name: 'same', count: 50 },
      { name: 'new', count: 4 },
    ]
    expect(moversOf('page', before, after)).toEqual([
      { kind: 'page', name: 'new', before: 0, after: 4, change: 4 },
      { kind: 'page', name: 'gone', before: 3, after: 0, change: -3 },
    ])
  })

  test('come with the largest change first, up or down, colors and pages together', () => {
    const landed = { ...nothing, colors: [tally(0, 2)], pages: [tally(0, 7, '/a'), tally(9, 4, '/b')] }
    expect(reportOf(landed, span).movers.map(({ name, change }) => [name, change])).toEqual([
      ['/a', -7],
      ['/b', 4],
      ['red', -2],
    ])
  })
})

describe('loss', () => {
  const seen = (some: Partial<TabSeen>): TabSeen => ({ site: 's', events: 1, first: 1, last: 1, before: 0, ...some })
  test.each<[what: string, tab: Partial<TabSeen>, missing: number]>([
    ['a whole tab', { events: 3, last: 3 }, 0],
    ['a hole in the span', { events: 2, last: 4 }, 2],
    ['a hole before its first event', { first: 5, last: 5 }, 4],
    ['a tab that goes on from before the span', { events: 2, first: 5, last: 6, before: 4 }, 0],
    ['a hole across the beginning of the span', { first: 7, last: 7, before: 4 }, 2],
    ['a higher number before the span, by a clock that was set', { events: 2, first: 5, last: 6, before: 9 }, 0],
    ['the largest hole that is believed', { first: 100_000, last: 100_000 }, 99_999],
    ['a number that nobody believes', { events: 2, last: Number.MAX_SAFE_INTEGER }, 0],
    ['a first event that came after a later one', { events: 2, first: 1, last: 5, before: 2 }, 3],
  ])('of %s', (_, tab, missing) => {
    const { events } = seen(tab)
    expect(lossBySite({ tabs: [seen(tab)], givenUp: [] })).toEqual([
      { site: 's', expected: events + missing, arrived: events, missing, givenUp: 0 },
    ])
  })

  test.each<[what: string, properties: Parameters<typeof givenUpOf>[0], count: number]>([
    ['numbers', { full: 2, http_503: '1', odd: 'x', not: true, half: 1.5, less: -3 }, 3],
    ['numbers that nobody believes', { full: Number.MAX_SAFE_INTEGER, rejected: 10_001, http_400: 7 }, 20_007],
  ])('as told in %s', (_, properties, count) => {
    expect(givenUpOf(properties)).toBe(count)
  })

  test('adds up by site, with what browsers gave up', () => {
    const tabs = [seen({ site: 'b' }), seen({ last: 3 }), seen({ events: 2, last: 2 })]
    const givenUp = [
      { site: 's', count: 2 },
      { site: 's', count: 1 },
    ]
    expect(lossBySite({ tabs, givenUp })).toEqual([
      { site: 'b', expected: 1, arrived: 1, missing: 0, givenUp: 0 },
      { site: 's', expected: 5, arrived: 3, missing: 2, givenUp: 3 },
    ])
  })
})
