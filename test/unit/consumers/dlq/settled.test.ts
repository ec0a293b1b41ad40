import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { settledFrom } from '../../../../consumers/dlq/settled.ts'

const bounds = { low: 0, high: 1_000 }

describe('settledFrom', () => {
  it('begins at the low watermark without a commit, and where the log begins after one', () => {
    expect(settledFrom(undefined, { low: 5, high: 9 }).next).toBe(5)
    expect(settledFrom({ next: 3, metadata: '' }, { low: 5, high: 9 }).next).toBe(5)
  })

  it('goes on from the beginning where the commit is one of an earlier topic of that name', () => {
    expect(settledFrom({ next: 10, metadata: '1-5' }, { low: 0, high: 9 }).next).toBe(0)
  })

  it('keeps what lies beyond the first one left out, and catches up with it', () => {
    const settled = settledFrom(undefined, bounds)
    for (const offset of [0, 1, 3, 4, 6]) settled.settle(offset)
    expect({ next: settled.next, metadata: settled.metadata() }).toEqual({ next: 2, metadata: '1-2,4' })
    settled.settle(2)
    expect({ next: settled.next, metadata: settled.metadata() }).toEqual({ next: 5, metadata: '1' })
  })

  it('means the same after a commit', () => {
    const offsets = fc.array(fc.nat(300), { maxLength: 100 })
    fc.assert(
      fc.property(offsets, fc.nat(20), (all, low) => {
        const settled = settledFrom(undefined, { low, high: 301 })
        for (const offset of all) settled.settle(offset)
        const again = settledFrom({ next: settled.next, metadata: settled.metadata() }, { low, high: 301 })
        expect(again.next).toBe(settled.next)
        for (let offset = 0; offset <= 300; offset++) {
          expect(again.has(offset)).toBe(offset < low || all.includes(offset))
        }
      }),
    )
  })

  it('writes no more than Kafka keeps with a commit, and forgets the rest', () => {
    const settled = settledFrom(undefined, { low: 0, high: 100_000 })
    for (let offset = 1; offset < 10_000; offset += 2) settled.settle(offset)
    const metadata = settled.metadata()
    expect(metadata.length).toBeLessThanOrEqual(4_000)
    const again = settledFrom({ next: 0, metadata }, { low: 0, high: 100_000 })
    expect(again.has(1)).toBe(true)
    expect(again.has(9_999)).toBe(false)
  })

  it.each(['nonsense', '1764288000000 0mwpt1nbck9k2j4h6f8d-2', '-', '5-3'])('takes nothing from %j', metadata => {
    const settled = settledFrom({ next: 2, metadata }, bounds)
    expect([settled.next, settled.has(5)]).toEqual([2, false])
  })

  it('does not fill the memory with what a stranger committed', () => {
    expect(settledFrom({ next: 0, metadata: '1-9999999999' }, bounds).has(1_000_001)).toBe(false)
  })
})
