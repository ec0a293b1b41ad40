import { expect, test } from 'vitest'
import { ranges } from '../../../../dashboard/api.ts'
import { hour, landed, minute, nowMs } from './read-landed.ts'

const at = (ageMs: number) => ({ timeMs: nowMs - ageMs })
const custom = (from: number, to: number) => ({
  range: 'custom',
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
})

test.each(ranges.filter(range => range !== 'custom'))('an empty folder gives an empty overview of %s', async range => {
  const { panel } = await landed([])
  expect(await panel('overview', { range })).toMatchObject({
    totals: { events: 0, visitors: 0, sessions: 0, views: 0 },
    actions: [],
    colors: [],
    pages: [],
    browsers: [],
  })
})

test('every event of the range is in exactly one bucket', async () => {
  const { panel } = await landed([at(0), at(29_000), at(31_000), at(59 * minute), at(61 * minute)])
  expect(await panel('overview', { range: 'hour' })).toMatchObject({
    totals: { events: 4, views: 4 },
    buckets: { bucketMs: minute, counts: { events: [1, ...Array(57).fill(0), 1, 2] } },
  })
})

test('an event from the future counts in the last bucket', async () => {
  const { panel } = await landed([at(-5 * minute)])
  const counts = [...Array(59).fill(0), 1]
  expect(await panel('overview', { range: 'hour' })).toMatchObject({
    buckets: { counts: { events: counts, sessions: counts } },
  })
})

test('the range all reaches from the oldest to the newest event', async () => {
  const { panel } = await landed([at(400 * 24 * hour), at(minute)])
  expect(await panel('overview', { range: 'all' })).toMatchObject({ totals: { events: 2 } })
})

test('a custom range has its beginning and not its end', async () => {
  const { panel } = await landed([at(3 * hour + 1), at(3 * hour), at(2 * hour + 1), at(2 * hour)])
  expect(await panel('overview', custom(nowMs - 3 * hour, nowMs - 2 * hour))).toMatchObject({ totals: { events: 2 } })
})

test('a pause of more than half an hour ends a session, one of exactly that does not', async () => {
  const { panel, rows } = await landed([at(95 * minute + 1_000), at(65 * minute), at(35 * minute), at(0)])
  expect(await panel('overview', { range: 'day' })).toMatchObject({ totals: { sessions: 3 } })
  expect(await rows('SELECT count(*) AS sessions FROM sessions')).toEqual([{ sessions: '3' }])
})

test('sessions are those of the view, whoever visits in whatever order', async () => {
  const visits = Array.from({ length: 400 }, (_, n) => ({
    timeMs: nowMs - Math.round(23 * hour * (((n * 7_919) % 400) / 400)),
    user: { id: `visitor${n % 11}` },
  }))
  const { panel, rows } = await landed(visits)
  const [view] = await rows('SELECT count(*) AS sessions FROM sessions')
  expect(await panel('overview', { range: 'day' })).toMatchObject({ totals: { sessions: Number(view?.['sessions']) } })
})

test('lists are counted, most first, of the chosen site and time alone', async () => {
  const click = (color: string, timeMs = nowMs) => ({ timeMs, action: 'color_click', properties: { color } })
  const view = (path: string, browser = 'Chrome') => ({ timeMs: nowMs, path, browser })
  const { panel } = await landed([
    ...[click('red'), click('blue'), click('red'), click('green', nowMs - 2 * hour)],
    ...[view('/a'), view('/b', 'Firefox'), view('/b')],
  ])
  expect(await panel('overview', { range: 'hour', site: 'example' })).toMatchObject({
    totals: { events: 6, visitors: 1, sessions: 1, views: 3 },
    actions: [
      { name: 'color_click', count: 3 },
      { name: 'page_view', count: 3 },
    ],
    colors: [
      { name: 'red', count: 2 },
      { name: 'blue', count: 1 },
    ],
    pages: [
      { name: '/b', count: 2 },
      { name: '/a', count: 1 },
    ],
    browsers: [
      { name: 'Chrome', count: 5 },
      { name: 'Firefox', count: 1 },
    ],
  })
  expect(await panel('overview', { range: 'hour', site: 'other' })).toMatchObject({ totals: { events: 0 } })
})
