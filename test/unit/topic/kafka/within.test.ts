import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { within } from '../../../../topic/kafka/within.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('passes on what came in time, and keeps no timer', async () => {
  await expect(within(100, 'append', Promise.resolve(7))).resolves.toBe(7)
  const failed = new Error('failed')
  await expect(within(100, 'append', Promise.reject(failed))).rejects.toBe(failed)
  expect(vi.getTimerCount()).toBe(0)
})

test('says that it took too long, and hears nothing of what comes later', async () => {
  let fail = (_: Error) => {}
  const work = new Promise<void>((_, reject) => {
    fail = reject
  })
  const late = expect(within(100, 'append to clicks/3', work)).rejects.toMatchObject({
    code: 'unavailable',
    message: 'append to clicks/3: not acknowledged within 100 ms',
  })
  await vi.advanceTimersByTimeAsync(100)
  await late
  fail(new Error('later'))
})
