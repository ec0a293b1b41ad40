import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { maxValueBytes, recordBytes, splitBatch } from '../../../../topic/kafka/split-batch.ts'

const ofBytes = (...sizes: number[]) => sizes.map(size => ({ value: Buffer.alloc(size) }))
const sizesOf = (runs: { value: Uint8Array }[][]) => runs.map(run => run.map(({ value }) => value.byteLength))

describe('splitBatch', () => {
  const limits = { maxMessageBytes: 1_000, maxRecords: 3 }

  test.each([
    ['nothing', [], []],
    ['what fits', [100, 200, 300], [[100, 200, 300]]],
    ['too many records', [1, 2, 3, 4], [[1, 2, 3], [4]]],
    ['too many bytes', [400, 400, 400], [[400, 400], [400]]],
    ['one that is too large', [10, 2_000, 10], [[10], [2_000], [10]]],
    ['one of exactly the largest value', [maxValueBytes(1_000), 0], [[maxValueBytes(1_000)], [0]]],
  ])('cuts %s', (_, sizes, expected) => expect(sizesOf(splitBatch(ofBytes(...sizes), limits))).toEqual(expected))

  test('keeps every record in its order and every run of several within the limits', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(600)), sizes => {
        const runs = splitBatch(ofBytes(...sizes), limits)
        expect(sizesOf(runs).flat()).toEqual(sizes)
        for (const run of runs) {
          expect(run.length).toBeGreaterThan(0)
          expect(run.length).toBeLessThanOrEqual(3)
          if (run.length > 1) expect(run.reduce((sum, record) => sum + recordBytes(record), 0)).toBeLessThan(1_000)
        }
      }),
    )
  })

  test('weighs headers by their UTF-8 bytes', () =>
    expect(recordBytes({ value: Buffer.alloc(0), headers: { a: '색' } })).toBe(32 + 10 + 1 + 3))
})
