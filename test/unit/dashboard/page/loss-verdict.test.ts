import { expect, test } from 'vitest'
import { lossVerdict } from '../../../../dashboard/page/loss-verdict.ts'

const hour = 3_600_000
const fromMs = new Date(2026, 10, 20, 8).getTime()
const nowMs = fromMs + 100 * hour
const counts = { expected: 2_000, arrived: 2_000, missing: 0, late: 0, passedOver: 0, givenUp: 0, refused: 0 }
const read = { pendingFiles: 0, ready: true }

const say = ({ loss = {}, untilMs = null, reading = read }: Partial<Said> = {}) =>
  lossVerdict({ fromMs, untilMs, totals: { ...counts, ...loss } }, { reading, nowMs })
interface Said {
  loss: Partial<typeof counts>
  untilMs: number | null
  reading: typeof read
}

test('a time that goes on is said by its beginning', () => {
  expect(say()).toEqual({
    state: 'good',
    text: 'From the click to the files: none of 2,000 events since 20 Nov, 08:00 is missing.',
  })
})

test.each([
  [{}, 'good', 'none of 2,000 events from 20 Nov, 08:00 to 21 Nov, 08:00 is missing'],
  [{ missing: 3 }, 'bad', '3 of 2,000 events from 20 Nov, 08:00 to 21 Nov, 08:00 are missing (0.15 %)'],
])('a time that has an end is said by both: %j', (loss, state, text) => {
  expect(say({ loss, untilMs: fromMs + 24 * hour })).toMatchObject({ state, text: expect.stringContaining(text) })
})

test('what else happened is added', () => {
  const { text } = say({ loss: { missing: 1, late: 2, passedOver: 4, givenUp: 3 } })
  expect(text).toContain(
    '1 of 2,000 events since 20 Nov, 08:00 is missing (0.05 %); 2 came late; 4 passed over (copies, dead letters, gaps); browsers',
  )
})

test.each([
  [{ missing: 1, givenUp: 3 }, '; browsers gave up 3 (those that had a number already are among the missing).'],
  [{ givenUp: 3, refused: 1 }, '; browsers gave up 3, 1 of them refused by the collector.'],
])('what browsers gave up is said with who refused it, and is not to be added to the missing: %j', (loss, text) => {
  const said = say({ loss }).text
  expect(said.slice(said.indexOf('; browsers'))).toBe(text)
})

test.each([
  [{ pendingFiles: 12, ready: true }, 'From the click to the files: still reading 12 files.'],
  [{ pendingFiles: 1, ready: false }, 'From the click to the files: still reading 1 file.'],
  [{ pendingFiles: 0, ready: false }, 'From the click to the files: still reading.'],
])('nothing is called lost or complete while the files are %j', (reading, text) => {
  for (const missing of [0, 5]) expect(say({ loss: { missing }, reading })).toEqual({ state: 'waiting', text })
})

test('without events there is no verdict', () => {
  expect(say({ loss: { expected: 0 } })).toEqual({
    state: 'waiting',
    text: 'From the click to the files: no events in this time.',
  })
})
