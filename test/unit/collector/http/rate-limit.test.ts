import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRateLimit, nextRequest } from '../../../../collector/http/rate-limit.ts'

const startMs = Date.UTC(2026, 10, 21)

/** How many of `times` pass, at `perSecond`. */
function passed(perSecond: number, times: readonly number[]): number {
  const limit = createRateLimit({ perSecond })
  return times.filter(nowMs => limit('203.0.113.7', nowMs) === undefined).length
}

describe('a limit of requests a second', () => {
  test.each([1, 3, 7, 1_000, 10_000])('lets %i through at once and refuses the next', perSecond => {
    const times = new Array<number>(perSecond).fill(startMs)
    expect(passed(perSecond, times)).toBe(perSecond)
    expect(passed(perSecond, [...times, startMs])).toBe(perSecond)
  })

  test('lets one more through once its share of a second has passed, not before', () => {
    const limit = createRateLimit({ perSecond: 4 })
    for (let n = 0; n < 4; n++) limit('203.0.113.7', startMs)
    expect(limit('203.0.113.7', startMs + 249)).toBe(1)
    expect(limit('203.0.113.7', startMs + 250)).toBeUndefined()
    expect(limit('203.0.113.7', startMs + 250)).toBe(1)
  })

  test('charges a refused request nothing: who keeps asking gets the full rate', () => {
    const everyMs = Array.from({ length: 10_000 }, (_, ms) => startMs + ms)
    expect(passed(5, everyMs)).toBe(5 + 49)
  })

  test('never lets more through than a full allowance and the time since, whenever they come', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), gaps, (perSecond, steps) => {
        let nowMs = startMs
        const times = steps.map(step => (nowMs += step))
        const spanMs = (times.at(-1) ?? 0) - (times[0] ?? 0)
        expect(passed(perSecond, times)).toBeLessThanOrEqual(
          perSecond + Math.floor((spanMs * perSecond) / 1_000 + 1e-6),
        )
      }),
    )
  })

  test('of none is no limit', () => {
    expect(passed(0, new Array<number>(1_000).fill(startMs))).toBe(1_000)
  })

  test('delays nobody for long when the clock is set back', () => {
    const limit = createRateLimit({ perSecond: 1 })
    limit('203.0.113.7', startMs)
    expect(limit('203.0.113.7', startMs - 3_600_000)).toBe(1)
    expect(limit('203.0.113.7', startMs - 3_600_000 + 1_000)).toBeUndefined()
  })

  test('tells how long to wait', () => {
    expect(nextRequest(startMs + 1_000, { perSecond: 4, nowMs: startMs })).toEqual({
      fullAtMs: startMs + 1_000,
      waitMs: 250,
    })
  })
})

describe('one sender is', () => {
  test.each([
    ['the same address', '203.0.113.7', '203.0.113.7', true],
    ['no other address', '203.0.113.7', '203.0.113.8', false],
    ['the same /64', '2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', true],
    ['the same /64 in other words', '2001:DB8:1:2::1', '2001:0db8:0001:0002:0:0:0:2', true],
    ['no other /64', '2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['any address that is not known', undefined, undefined, true],
  ])('%s: %s and %s', (_, one, other, same) => {
    const limit = createRateLimit({ perSecond: 1 })
    limit(one, startMs)
    expect(limit(other, startMs)).toBe(same ? 1 : undefined)
  })
})

describe('with more addresses than are remembered', () => {
  const other = (n: number) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`

  test('a limited address that keeps asking stays limited, however many others come', () => {
    const limit = createRateLimit({ perSecond: 1, maxAddresses: 100 })
    limit('203.0.113.7', startMs)
    for (let n = 0; n < 5_000; n++) {
      limit(other(n), startMs)
      if (n % 99 === 98) expect(limit('203.0.113.7', startMs)).toBe(1)
    }
  })

  test('the one that was silent longest is forgotten', () => {
    const limit = createRateLimit({ perSecond: 1, maxAddresses: 100 })
    limit('203.0.113.7', startMs)
    for (let n = 0; n < 99; n++) limit(other(n), startMs)
    expect(limit('203.0.113.7', startMs)).toBe(1)
    for (let n = 0; n < 100; n++) limit(other(n), startMs)
    expect(limit('203.0.113.7', startMs)).toBeUndefined()
  })
})
