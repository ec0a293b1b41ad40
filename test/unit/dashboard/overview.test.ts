import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Range } from '../../../dashboard/api.ts'
import { openDatabase } from '../../../dashboard/database.ts'
import { createImporter } from '../../../dashboard/importer.ts'
import { readOverview } from '../../../dashboard/overview.ts'
import { type LandedEvent, type LandedFolder, landedFolder } from '../../support/landed-files.ts'

const nowMs = Date.UTC(2026, 10, 21, 12, 0, 30)
const minute = 60_000
let folder: LandedFolder

beforeEach(async () => {
  folder = await landedFolder()
})
afterEach(() => folder.remove())

async function overviewOf(events: LandedEvent[], range: Range) {
  if (events.length > 0) await folder.land(events)
  const database = await openDatabase()
  const importer = await createImporter(database, folder.dir)
  await importer.scan(nowMs)
  return readOverview(await database.connect(), { range, nowMs, imported: importer.status() })
}

test.each(['hour', 'day', 'all'] as const)('an empty folder gives an empty overview of %s', async range => {
  const overview = await overviewOf([], range)
  expect(overview).toMatchObject({
    newestMs: null,
    totals: { events: 0, visitors: 0, tabs: 0, clicks: 0 },
    colors: [],
    latest: [],
  })
  expect(overview.buckets.counts.every(count => count === 0)).toBe(true)
})

test('every event of the range is in exactly one bucket', async () => {
  const at = (ageMs: number) => ({ timeMs: nowMs - ageMs })
  const { buckets, totals } = await overviewOf(
    [at(0), at(29_000), at(31_000), at(59 * minute), at(61 * minute)],
    'hour',
  )
  expect(buckets.counts).toHaveLength(60)
  expect(buckets.counts.slice(-2)).toEqual([1, 2])
  expect(buckets.counts[0]).toBe(1)
  expect(totals.events).toBe(4)
})

test('an event from the future counts in the last bucket', async () => {
  const { buckets } = await overviewOf([{ timeMs: nowMs + 5 * minute }], 'hour')
  expect(buckets.counts).toEqual([...Array(59).fill(0), 1])
})

test('the range all reaches from the oldest to the newest event', async () => {
  const { buckets, totals } = await overviewOf(
    [{ timeMs: nowMs - 400 * 24 * 60 * minute }, { timeMs: nowMs - minute }],
    'all',
  )
  expect(totals.events).toBe(2)
  expect([buckets.counts[0], buckets.counts.at(-1)]).toEqual([1, 1])
})

test('colors, pages and browsers are counted, most first', async () => {
  const click = (color: string) => ({ timeMs: nowMs, action: 'color_click', properties: { color } })
  const view = (path: string, browser = 'Chrome') => ({ timeMs: nowMs, path, browser })
  const overview = await overviewOf(
    [click('red'), click('blue'), click('red'), view('/a'), view('/b', 'Firefox'), view('/b')],
    'hour',
  )
  expect(overview.colors).toEqual([
    { name: 'red', count: 2 },
    { name: 'blue', count: 1 },
  ])
  expect(overview.pages).toEqual([
    { name: '/b', count: 2 },
    { name: '/a', count: 1 },
  ])
  expect(overview.browsers).toEqual([
    { name: 'Chrome', count: 5 },
    { name: 'Firefox', count: 1 },
  ])
  expect(overview.totals).toEqual({ events: 6, visitors: 1, tabs: 1, clicks: 3 })
})

test('the latest events are the newest 25, with their properties as text', async () => {
  const events = Array.from({ length: 30 }, (_, n) => ({
    timeMs: nowMs - n * 1000,
    user: { name: `n${n}` },
    properties: { price: n, ok: true },
  }))
  const { latest } = await overviewOf(events, 'hour')
  expect(latest).toHaveLength(25)
  expect(latest[0]).toMatchObject({
    user: 'n0',
    action: 'page_view',
    site: 'example',
    path: '/',
    properties: { price: '0', ok: 'true' },
  })
  expect(latest.map(({ timeMs }) => timeMs)).toEqual(latest.map((_, n) => nowMs - n * 1000))
})
