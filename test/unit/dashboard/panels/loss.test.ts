import { beforeAll, expect, test } from 'vitest'
import type { LossAnswer } from '../../../../dashboard/answers.ts'
import { ageOf, linesOf, plainLoss, unluckyTabs } from '../unlucky-tabs.ts'
import { hour, landed } from './read-landed.ts'

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
  'the loss of %s is that of the view by Hive’s text: holes, resends, gaps, give-ups and numbers that nobody believes',
  async (_, selection, where) => {
    const { panel, rows } = unlucky
    const view =
      await rows(`SELECT dt, hr, site, expected, arrived, missing, late, passed_over AS "passedOver", given_up AS "givenUp", refused
    FROM ${plainLoss} ${where} ORDER BY dt DESC, hr DESC, site`)
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
  expect(totals.refused).toBe(10_000 + 11)
  expect(totals.givenUp).toBe(5 + 10_000 + 7 + totals.refused)
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
