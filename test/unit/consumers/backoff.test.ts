import { describe, expect, it } from 'vitest'
import { backoffMs, wait } from '../../../consumers/backoff.ts'

describe('backoffMs', () => {
  it.each([
    [0, 100],
    [1, 200],
    [3, 800],
    [7, 10_000],
    [1_000, 10_000],
  ])('is below its bound at try %i: %i ms', (attempt, bound) => {
    expect(backoffMs(attempt, {}, () => 0)).toBe(0)
    expect(backoffMs(attempt, {}, () => 0.999_999)).toBe(bound - 1)
  })

  it('takes its bounds from the options', () => {
    expect(backoffMs(5, { baseMs: 1, maxMs: 8 }, () => 0.5)).toBe(4)
  })
})

describe('wait', () => {
  it('ends at once when the signal aborts', async () => {
    const controller = new AbortController()
    const waiting = wait(60_000, controller.signal)
    controller.abort()
    await waiting
    await wait(60_000, controller.signal)
  })
})
