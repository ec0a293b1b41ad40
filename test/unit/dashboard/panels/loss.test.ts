import { beforeAll, expect, test } from 'vitest'
import type { LossAnswer } from '../../../../dashboard/answers.ts'
import { believedStep } from '../../../../deploy/hive/loss.ts'
import { encodeRecord, landedText } from '../../../../topic/record.ts'
import { landedRecord } from '../../../support/landed-files.ts'
import { hour, landed, minute, nowMs } from './read-landed.ts'

interface Numbered {
  tab: string
  n: number
  timeMs: number
  site?: string
  path?: string
  delayMs?: number
  skipped?: number
  dropped?: number
}

/** Lines of tabs with numbers as they are given, in the order of the topic. */
function linesOf(events: readonly Numbered[]): string[] {
  return events.map(({ tab, n, timeMs, site = 'example', path = '/', delayMs = 0, skipped, dropped }, offset) => {
    const record = landedRecord({
      timeMs,
      path,
      ...(dropped === undefined ? {} : { action: 'events_dropped', properties: { full: dropped } }),
    })
    const created = new Date(timeMs + delayMs).toISOString()
    const event = { ...record.event, id: `${site}-${tab}-${n}`, sequence: n, created }
    const text = encodeRecord({ ...record, site, tab: { id: tab }, event }).toString()
    return landedText(text, {
      topic: 'clicktrail',
      partition: 0,
      offset,
      ...(skipped === undefined ? {} : { skipped }),
    })
  })
}

/** `length` events of a tab, `stepMs` apart. */
const tabOf = (tab: string, length: number, first: Partial<Numbered> & { timeMs: number }, stepMs = minute) =>
  Array.from({ length }, (_, index) => ({ tab, ...first, n: index + 1, timeMs: first.timeMs + index * stepMs }))

const ageOf = (hours: number) => nowMs - hours * hour

/** Every way in which a tab's numbers can be other than 1, 2, 3 …, among tabs where they are just that. */
function unluckyTabs(): Numbered[] {
  const even = Array.from({ length: 40 }, (_, index) =>
    tabOf(`even-${index}`, 1 + ((index * 37) % 150), {
      timeMs: ageOf(40 - index),
      site: index % 3 === 0 ? 'shop' : 'example',
      delayMs: index % 4 === 0 ? 61_000 : 60_999,
      ...(index % 5 === 0 ? { skipped: 2 } : {}),
    }),
  )
  const holes = Array.from({ length: 12 }, (_, index) =>
    tabOf(`holes-${index}`, 140, { timeMs: ageOf(36 - index), path: `/${index % 3}` }).filter(
      ({ n }) => (n * 7 + index) % (index + 3) !== 0,
    ),
  )
  const again = tabOf('again', 70, { timeMs: ageOf(20), skipped: 1 })
  const resent = again.filter(({ n }) => n % 9 === 0).map(event => ({ ...event, delayMs: 3 * hour }))
  return [
    ...[...even, ...holes].flat(),
    ...[...again, ...resent],
    // As many as the last number says, and the sum of their squares is right too: but 2 and 5 came twice, 3 and 4 never.
    ...[1, 2, 2, 5, 5].map(n => ({ tab: 'as-many', n, timeMs: ageOf(5) })),
    ...[1, 2, 3 + believedStep, 4 + 2 * believedStep].map(n => ({ tab: 'far-off', n, timeMs: ageOf(7) })),
    ...[64, 65, 128].map(n => ({ tab: 'late-start', n, timeMs: ageOf(9) })),
    ...[3, 1, 2].map((n, index) => ({ tab: 'clock', n, timeMs: ageOf(11 - index) })),
    ...[5, 20_000, -3].map((dropped, index) => ({ tab: 'dropped', n: index + 1, timeMs: ageOf(3), dropped })),
    { tab: 'dropped', n: 1, timeMs: ageOf(3), dropped: 5 },
    // The same tab id at another site is another tab.
    ...tabOf('even-3', 4, { timeMs: ageOf(6), site: 'other' }),
  ]
}

let unlucky: Awaited<ReturnType<typeof landed>>
beforeAll(async () => {
  unlucky = await landed(linesOf(unluckyTabs()))
}, 30_000)

test.each([
  ['all', { range: 'all' }, ''],
  ['a week', { range: 'week' }, ''],
  ['a site', { range: 'all', site: 'shop' }, "WHERE site = 'shop'"],
  [
    'two hours',
    { range: 'custom', from: '2026-11-20T02:00:00Z', to: '2026-11-20T04:00:00Z' },
    hoursFrom('2002', '2003'),
  ],
  ['a time that goes on', { range: 'custom', from: '2026-11-20T10:00:00Z' }, hoursFrom('2010', '2123')],
])(
  'the loss of %s is that of the view: holes, resends, gaps, give-ups and numbers that nobody believes',
  async (_, selection, where) => {
    const { panel, rows } = unlucky
    const view = await rows(`SELECT dt, hr, site, expected, arrived, missing, late, copies, given_up AS "givenUp"
    FROM loss ${where} ORDER BY dt DESC, hr DESC, site`)
    const { hours, totals, pages } = await lossOf(panel('loss', selection))
    const expected = view.map(({ dt, hr, site, ...counts }) => ({
      fromMs: Date.parse(`${dt}T${hr}:00:00Z`),
      site,
      ...Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, Number(count)])),
    }))
    expect(expected.length).toBeGreaterThan(1)
    expect(hours).toEqual(expected)
    expect(pages.reduce((sum, { missing }) => sum + missing, 0)).toBe(totals.missing)
  },
)

test('there is something of everything in what the view is compared with', async () => {
  const { totals } = await lossOf(unlucky.panel('loss', { range: 'all' }))
  expect(Object.values(totals).every(count => count > 0)).toBe(true)
  expect(totals.givenUp).toBe(5 + 10_000)
})

test('a loss is on the page of the event that came next, and the pages that lost most come first', async () => {
  const { panel } = await landed(
    linesOf([
      { tab: 'one', n: 1, timeMs: ageOf(2), path: '/start' },
      { tab: 'one', n: 5, timeMs: ageOf(1), path: '/shop' },
      { tab: 'two', n: 2, timeMs: ageOf(4), path: '/start' },
      { tab: 'three', n: 2, timeMs: ageOf(3), path: '/shop' },
    ]),
  )
  const lastHour = (ageHours: number) => Math.floor(ageOf(ageHours) / hour) * hour
  expect((await lossOf(panel('loss'))).pages).toEqual([
    { site: 'example', path: '/shop', missing: 4, lastHourMs: lastHour(1) },
    { site: 'example', path: '/start', missing: 1, lastHourMs: lastHour(4) },
  ])
})

function hoursFrom(first: string, last: string): string {
  return `WHERE concat(dt, hr) BETWEEN '2026-11-${first}' AND '2026-11-${last}'`
}

async function lossOf(answer: Promise<object>): Promise<LossAnswer> {
  return JSON.parse(JSON.stringify(await answer))
}
