import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fnv1a64, jumpHash, partitionOf } from '../../../topic/partition-of.ts'

const tabs = Array.from({ length: 20_000 }, (_, index) => `0mwpt1nb${index.toString(36).padStart(8, '0')}`)

describe('partitionOf', () => {
  test.each([
    ['', 0xcbf29ce484222325n],
    ['a', 0xaf63dc4c8601ec8cn],
    ['foobar', 0x85944171f73967e8n],
  ])('hashes %j as the FNV-1a test vectors say', (text, hash) => expect(fnv1a64(text)).toBe(hash))

  test.each([
    [1n, 1, 0],
    [42n, 57, 43],
    [0xdead10ccn, 666, 361],
    [256n, 1_024, 520],
  ])('jumps with key %d over %i buckets to %i, as other implementations do', (key, buckets, expected) =>
    expect(jumpHash(key, buckets)).toBe(expected),
  )

  test.each([
    ['0mwpt1nbck9k2j4h6f8d', 6, 2],
    ['0mwpt1nbck9k2j4h6f8e', 6, 1],
    ['0mwpt1nbck9k2j4h6f8f', 6, 5],
    ['0mwpt1nbck9k2j4h6f8d', 1, 0],
  ])('puts %s of %i partitions on %i, in every version', (tab, partitions, expected) =>
    expect(partitionOf(tab, partitions)).toBe(expected),
  )

  test.each([2, 6, 17])('spreads tabs evenly over %i partitions', partitions => {
    const counts = new Array<number>(partitions).fill(0)
    for (const tab of tabs) counts[partitionOf(tab, partitions)] = (counts[partitionOf(tab, partitions)] ?? 0) + 1
    const average = tabs.length / partitions
    for (const count of counts) expect(Math.abs(count - average)).toBeLessThan(5 * Math.sqrt(average))
  })

  test('moves only one in n + 1 tabs when a partition is added, all to the new one', () => {
    const moved = tabs.filter(tab => partitionOf(tab, 6) !== partitionOf(tab, 7))
    expect(moved.length / tabs.length).toBeCloseTo(1 / 7, 2)
    expect(new Set(moved.map(tab => partitionOf(tab, 7)))).toEqual(new Set([6]))
  })

  test('stays within the partitions, whatever the tab', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 1_000 }), (tab, partitions) => {
        const partition = partitionOf(tab, partitions)
        return Number.isInteger(partition) && partition >= 0 && partition < partitions
      }),
    )
  })

  test.each([0, -1, Number.NaN])('throws for %d partitions', partitions =>
    expect(() => partitionOf('tab', partitions)).toThrow(RangeError),
  )
})
