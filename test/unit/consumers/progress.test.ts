import { expect, it } from 'vitest'
import { createProgress } from '../../../consumers/progress.ts'
import { logRecord, logRecords, logStartMs } from '../../support/log-records.ts'

function started(next: number, high: number) {
  const clock = { ms: logStartMs }
  const progress = createProgress(() => clock.ms)
  progress.begin(next, high)
  return { clock, progress }
}

it('is behind by what the log holds beyond the start', () => {
  const { clock, progress } = started(10, 25)
  clock.ms += 8_000
  expect(progress.figures()).toEqual({ lagRecords: 15, lagSeconds: 8, commitAgeSeconds: 8 })
})

it('is behind by nothing that it knows of before it has begun', () => {
  const progress = createProgress(() => logStartMs)
  progress.ended(80_000_000)
  expect(progress.figures()).toEqual({ lagRecords: 0, lagSeconds: 0, commitAgeSeconds: 0 })
})

it('has caught up once all is durable, and has nothing to commit', () => {
  const { clock, progress } = started(0, 0)
  progress.delivered(logRecords(0, 0, 5))
  progress.durable(5)
  clock.ms += 60_000
  expect(progress.figures()).toEqual({ lagRecords: 0, lagSeconds: 0, commitAgeSeconds: 0 })
})

it('tells how old a commit is while records wait for the next', () => {
  const { clock, progress } = started(0, 9)
  clock.ms += 5_000
  progress.committed()
  clock.ms += 3_000
  expect(progress.figures().commitAgeSeconds).toBe(3)
})

it('forgets at a new start what was on its way before', () => {
  const { clock, progress } = started(0, 0)
  progress.taken(logRecord(0, 3))
  progress.begin(0, 4)
  clock.ms += 60_000
  expect(progress.durable(4)).toEqual([])
  progress.taken(logRecord(0, 5))
  expect(progress.durable(6)).toEqual([55])
})

it('has caught up with copies at the end once nothing of what was read waits', () => {
  const { clock, progress } = started(0, 0)
  progress.delivered(logRecords(0, 0, 5))
  progress.read(logRecords(0, 0, 5))
  progress.durable(3)
  clock.ms += 60_000
  expect(progress.figures().lagRecords).toBe(2)
  progress.settled()
  expect(progress.figures()).toEqual({ lagRecords: 0, lagSeconds: 0, commitAgeSeconds: 0 })
})

it('has not caught up with what was delivered and not read, nor, after a new start, with what was read before', () => {
  const { progress } = started(0, 0)
  progress.delivered(logRecords(0, 0, 5))
  progress.read(logRecords(0, 0, 3))
  progress.settled()
  expect(progress.figures().lagRecords).toBe(2)
  progress.begin(1, 5)
  progress.settled()
  expect(progress.figures().lagRecords).toBe(4)
})
