import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLane, type Queued } from '../../../collector/lane.ts'

const overheadBytes = 32

function record(index: number, bytes = 10): Queued<string> {
  return { value: Buffer.alloc(bytes), index, request: 'r' }
}

function indexes(records: readonly Queued<string>[]): number[] {
  return records.map(({ index }) => index)
}

test('is full by count or by bytes, and no longer once that is taken', () => {
  const lane = createLane<string>(0)
  const limits = { maxRecords: 3, maxBytes: 2 * (100 + overheadBytes) }
  lane.push(record(0, 100))
  expect(lane.full(limits)).toBe(false)
  lane.push(record(1, 100))
  expect(lane.full(limits)).toBe(true)
  expect(indexes(lane.take(limits))).toEqual([0, 1])
  for (const index of [2, 3]) lane.push(record(index, 0))
  expect(lane.full(limits)).toBe(false)
  lane.push(record(4, 0))
  expect(lane.full(limits)).toBe(true)
})

test('gives a record that is larger than a send alone', () => {
  const lane = createLane<string>(0)
  for (const index of [0, 1, 2]) lane.push(record(index, 1_000))
  expect(indexes(lane.take({ maxRecords: 10, maxBytes: 500 }))).toEqual([0])
  expect(lane.size).toBe(2)
})

test('takes back what is to be sent again before all others', () => {
  const lane = createLane<string>(0)
  for (let index = 0; index < 4; index++) lane.push(record(index))
  const [, second] = lane.take({ maxRecords: 2, maxBytes: 1_000 })
  if (second) lane.unshift([second])
  expect(indexes(lane.takeWhile(() => true))).toEqual([1, 2, 3])
})

test('gives every record once and in order, within the limits, however it is used', () => {
  const step = fc.record({ push: fc.nat(1_500), maxRecords: fc.integer({ min: 1, max: 1_500 }), bytes: fc.nat(50) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), steps => {
      const lane = createLane<string>(0)
      const taken: number[] = []
      let pushed = 0
      for (const { push, maxRecords, bytes } of steps) {
        for (let count = 0; count < push; count++) lane.push(record(pushed++, bytes))
        const some = lane.take({ maxRecords, maxBytes: 40_000 })
        const weight = some.reduce((sum, { value }) => sum + value.byteLength + overheadBytes, 0)
        expect(some.length <= maxRecords && weight <= 40_000).toBe(true)
        taken.push(...indexes(some))
        expect(lane.size).toBe(pushed - taken.length)
      }
      taken.push(...indexes(lane.takeWhile(() => true)))
      expect(taken).toEqual(Array.from({ length: pushed }, (_, index) => index))
    }),
    { numRuns: 50 },
  )
})
