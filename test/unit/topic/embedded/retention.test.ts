import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { retainFrom } from '../../../../topic/embedded/retention.ts'

const limits = { retentionMs: 1_000, retentionBytes: 50, maxRecords: 100 }
/** Record n was appended at n × 100 ms and weighs 10 bytes. */
const recordAt = (offset: number) => ({ timestampMs: offset * 100, bytes: 10 })
const state = (low: number, next: number, committed = Number.POSITIVE_INFINITY) => ({
  low,
  next,
  committed,
  bytes: (next - low) * 10,
})

describe('retainFrom', () => {
  test.each([
    ['keeps all that is young and light', state(0, 5), 1_000, 0],
    ['keeps a record of exactly the age', state(0, 5), 1_000, 0],
    ['gives up what is a millisecond older', state(0, 5), 1_001, 1],
    ['gives up what weighs too much, oldest first', state(0, 8), 0, 3],
    ['gives up everything that is old', state(2, 5), 100_000, 5],
    ['stops at what a group has not committed', state(0, 8, 2), 100_000, 2],
    ['does nothing on an empty partition', state(7, 7), 100_000, 7],
  ])('%s', (_, before, now, low) => {
    const after = retainFrom(before, limits, now, recordAt)
    expect(after).toEqual({ low, bytes: (before.next - low) * 10 })
  })

  test('stops after the records of one transaction', () =>
    expect(retainFrom(state(0, 90), { ...limits, maxRecords: 10 }, 1e9, recordAt).low).toBe(10))

  test('never passes a commit, the end, or goes back', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), fc.nat(120), fc.nat(20_000), (low, length, committed, now) => {
        const after = retainFrom(state(low, low + length, committed), limits, now, recordAt)
        expect(after.low).toBeGreaterThanOrEqual(low)
        expect(after.low).toBeLessThanOrEqual(Math.max(low, Math.min(committed, low + length)))
      }),
    )
  })
})
