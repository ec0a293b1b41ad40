import { expect, it } from 'vitest'
import { createLag } from '../../../consumers/lag.ts'

const record = (offset: number, timestampMs: number) => ({ value: null, offset, timestampMs })
const atMs = 1_000_000

it('is not behind at the end of the log, however old that is', () => {
  const lag = createLag()
  lag.ended(100, atMs)
  expect(lag.behind(100, atMs + 3_600_000)).toEqual({ records: 0, seconds: 0 })
})

it('counts from when the first record that is not durable was appended, not from when it was read', () => {
  const lag = createLag()
  lag.ended(100, atMs)
  lag.delivered([record(100, atMs + 60_000), record(104, atMs + 61_000)])
  expect(lag.behind(100, atMs + 90_000)).toEqual({ records: 5, seconds: 30 })
})

it('knows better by a delivered record than by the end that was asked for at the start', () => {
  const lag = createLag()
  lag.ended(100, atMs)
  lag.delivered([record(40, atMs - 60_000)])
  expect(lag.behind(40, atMs)).toEqual({ records: 60, seconds: 60 })
})

it('knows of records that nobody delivered by the end of the log', () => {
  const lag = createLag()
  lag.ended(100, atMs)
  lag.ended(130, atMs + 15_000)
  expect(lag.behind(100, atMs + 20_000)).toEqual({ records: 30, seconds: 20 })
})

it('ages while nothing is delivered, though it is told again and again where the log ends', () => {
  const lag = createLag()
  for (let second = 0; second <= 600; second += 15) lag.ended(100, atMs + second * 1_000)
  expect(lag.behind(40, atMs + 600_000)).toEqual({ records: 60, seconds: 600 })
})

it('takes the time of a later record once the earlier ones are durable', () => {
  const lag = createLag()
  for (let second = 0; second < 100; second++) lag.delivered([record(second, atMs + second * 1_000)])
  expect(lag.behind(40, atMs + 100_000)).toEqual({ records: 60, seconds: 60 })
  expect(lag.behind(99, atMs + 100_000)).toEqual({ records: 1, seconds: 1 })
  expect(lag.behind(100, atMs + 100_000)).toEqual({ records: 0, seconds: 0 })
})

it('stays right within a hundredth over a backlog of a day, in bounded memory', () => {
  const lag = createLag()
  const day = 86_400
  for (let second = 0; second < day; second++) lag.delivered([record(second, atMs + second * 1_000)])
  const { records, seconds } = lag.behind(day / 2, atMs + day * 1_000)
  expect(records).toBe(day / 2)
  expect(seconds).toBeGreaterThanOrEqual(day / 2)
  expect(seconds).toBeLessThan((day / 2) * 1.01)
})

it('is never less than nothing behind, with a broker whose clock is ahead', () => {
  const lag = createLag()
  lag.delivered([record(0, atMs + 5_000)])
  expect(lag.behind(0, atMs)).toEqual({ records: 1, seconds: 0 })
})
