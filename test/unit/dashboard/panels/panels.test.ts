import { expect, test } from 'vitest'
import { panels } from '../../../../dashboard/api.ts'
import { landedLine } from '../../../support/landed-files.ts'
import { hour, landed, minute, nowMs } from './read-landed.ts'

test.each(panels)('%s answers on an empty folder', async name => {
  const { panel } = await landed([])
  expect(await panel(name)).toBeTypeOf('object')
})

test('pages have views and visitors, and referrers are those of other hosts', async () => {
  const line = (path: string, offset: number, referrer: string) =>
    landedLine({ timeMs: nowMs - minute, path, offset }).replace(
      '"user_agent"',
      `"http":{"request":{"referrer":"${referrer}"}},"user_agent"`,
    )
  const { panel } = await landed([
    line('/a', 0, 'https://search.example/?q=1'),
    line('/a', 25, 'https://shop.example/'),
    line('/b', 26, 'https://search.example'),
    line('/b', 27, 'android-app://com.example.mail/'),
    line('/b', 28, 'about:blank'),
    line('/b', 29, 'file:///home/me/page.html'),
  ])
  expect(await panel('pages')).toEqual({
    pages: [
      { domain: 'shop.example', path: '/b', views: 4, visitors: 1 },
      { domain: 'shop.example', path: '/a', views: 2, visitors: 2 },
    ],
    referrers: [
      { name: 'search.example', count: 2 },
      { name: 'com.example.mail', count: 1 },
    ],
  })
})

test('an action leads to its properties, and a property to its values', async () => {
  const buy = (price: number, product: string) => ({ timeMs: nowMs, action: 'buy', properties: { price, product } })
  const { panel } = await landed([buy(2, 'a'), buy(4, 'b'), buy(2, 'c'), { timeMs: nowMs, action: 'other' }])
  expect(await panel('events', { action: 'buy', property: 'price' })).toMatchObject({
    actions: [
      { name: 'buy', count: 3 },
      { name: 'other', count: 1 },
    ],
    properties: [
      { name: 'price', count: 3, values: 2 },
      { name: 'product', count: 3, values: 3 },
    ],
    values: [
      { name: '2', count: 2 },
      { name: '4', count: 1 },
    ],
    numbers: { min: 2, max: 4 },
  })
  expect(await panel('events', { action: 'buy', property: 'product' })).toMatchObject({ numbers: null })
  expect(await panel('events', { action: 'other' })).toMatchObject({ properties: [], property: null, values: [] })
})

test.each(['inf', '-Infinity', 'nan', '1.7e308'])('a property with the text %s has no range of numbers', async size => {
  const { panel } = await landed(
    [4, size, size].map(value => ({ timeMs: nowMs, action: 'buy', properties: { size: value } })),
  )
  const answer = await panel('events', { action: 'buy', property: 'size' })
  expect(answer).toMatchObject({ values: expect.arrayContaining([{ name: size, count: 2 }]), numbers: null })
})

test('names of actions and properties are values to the question, never part of it', async () => {
  const name = `'; DROP TABLE events; --`
  const { panel } = await landed([{ timeMs: nowMs, action: name, properties: { [name]: name } }])
  expect(await panel('events', { action: name, property: name, site: 'example' })).toMatchObject({
    action: name,
    values: [{ name, count: 1 }],
  })
})

test('who says that it is a bot is a device of its own, and can be left out', async () => {
  const bot = landedLine({ timeMs: nowMs, offset: 1 }).replace('"bot":false', '"bot":true')
  const { panel } = await landed([{ timeMs: nowMs }, bot])
  expect(await panel('audience')).toMatchObject({
    devices: [
      { name: 'bot', count: 1 },
      { name: 'computer', count: 1 },
    ],
  })
  expect(await panel('audience', { bots: 'no' })).toMatchObject({ devices: [{ name: 'computer', count: 1 }] })
})

test('the live events are the 50 that were received last, with their properties as text', async () => {
  const events = Array.from({ length: 60 }, (_, n) => ({
    timeMs: nowMs - n * 1000,
    user: { name: `n${n}` },
    properties: { price: n, ok: true },
  }))
  const { panel } = await landed(events)
  const answer = await panel('live')
  expect(answer).toMatchObject({
    events: Array.from({ length: 50 }, (_, n) => ({ user: `n${n}`, properties: { price: String(n), ok: 'true' } })),
  })
})

test('a number of a tab that never came is missing in the hour of the next one that came', async () => {
  // Ten events a tab: 3 and 4 of the first never came, nor did 9 of the second.
  const offsets = [0, 1, 4, 5, 10, 11, 12, 13, 14, 15, 16, 17, 19]
  const { panel } = await landed(offsets.map(offset => ({ offset, timeMs: nowMs - hour + offset * minute })))
  expect(await panel('loss')).toMatchObject({
    untilMs: null,
    totals: { expected: 16, arrived: 13, missing: 3, passedOver: 0 },
    hours: [{ site: 'example', missing: 3, fromMs: Date.UTC(2026, 10, 21, 11) }],
  })
})

test('what a tab did before the chosen time is not missing in it', async () => {
  const events = Array.from({ length: 10 }, (_, offset) => ({ offset, timeMs: nowMs - (9 - offset) * 20 * minute }))
  const { panel, rows } = await landed(events)
  const [view] = await rows("SELECT sum(expected)::INT AS expected FROM loss WHERE concat(dt, hr) >= '2026-11-2111'")
  expect(await panel('loss', { range: 'hour' })).toMatchObject({
    totals: { expected: view?.['expected'], missing: 0 },
  })
})

test('the loss of a chosen time is that of the whole hours that it touches, and says which', async () => {
  const { panel } = await landed([{ timeMs: nowMs - 3 * hour }])
  const chosen = { range: 'custom', from: '2026-11-21T08:30:00Z', to: '2026-11-21T10:10:00Z' }
  const whole = { fromMs: Date.UTC(2026, 10, 21, 8), untilMs: Date.UTC(2026, 10, 21, 11) }
  expect(await panel('loss', chosen)).toMatchObject({ ...whole, totals: { expected: 1 } })
  expect(await panel('loss', { ...chosen, to: '2026-11-21T11:00:00Z' })).toMatchObject(whole)
})

test('an offset that never landed is missing, one that landed twice is doubled', async () => {
  const { panel } = await landed([{ offset: 0 }, { offset: 1 }, { offset: 1 }, { offset: 3 }])
  expect(await panel('completeness')).toEqual({
    partitions: [{ topic: 'clicktrail', generation: 1, partition: 0, landed: 4, skipped: 0, missing: 1, doubled: 1 }],
  })
})
