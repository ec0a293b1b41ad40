import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLane, type Queued } from '../../../../collector/sending/lane.ts'

const overheadBytes = 32

interface Named extends Queued {
  name: number
}

/** A request of so many records. */
function request(name: number, records = 1, bytes = 10): Named {
  return { name, values: Array.from({ length: records }, () => Buffer.alloc(bytes)), bytes: records * bytes }
}

function names(requests: readonly Named[]): number[] {
  return requests.map(({ name }) => name)
}

test('is full by count or by bytes, and no longer once that is taken', () => {
  const lane = createLane<Named>()
  const limits = { maxRecords: 3, maxBytes: 2 * (100 + overheadBytes) }
  lane.push(request(0, 1, 100))
  expect(lane.full(limits)).toBe(false)
  lane.push(request(1, 1, 100))
  expect(lane.full(limits)).toBe(true)
  expect(names(lane.take(limits))).toEqual([0, 1])
  lane.push(request(2, 2, 0))
  expect(lane.full(limits)).toBe(false)
  lane.push(request(3, 1, 0))
  expect(lane.full(limits)).toBe(true)
})

test('keeps a request together, and gives one that is larger than a send alone', () => {
  const lane = createLane<Named>()
  for (const name of [0, 1, 2]) lane.push(request(name, 3, 100))
  expect(names(lane.take({ maxRecords: 8, maxBytes: 10_000 }))).toEqual([0, 1])
  lane.push(request(3))
  expect(names(lane.take({ maxRecords: 2, maxBytes: 10_000 }))).toEqual([2])
})

test('takes back what is to be sent again before all others', () => {
  const lane = createLane<Named>()
  for (let name = 0; name < 4; name++) lane.push(request(name))
  const [, second] = lane.take({ maxRecords: 2, maxBytes: 1_000 })
  if (second) lane.unshift([second])
  expect([lane.size, lane.bytes, lane.head()?.name]).toEqual([3, 30, 1])
  expect([lane.shift(), lane.shift(), lane.shift()].map(taken => taken?.name)).toEqual([1, 2, 3])
  expect([lane.size, lane.bytes, lane.shift()]).toEqual([0, 0, undefined])
})

test('gives every request once and in order, within the limits, however it is used', () => {
  const step = fc.record({ push: fc.nat(1_500), maxRecords: fc.integer({ min: 3, max: 1_500 }), bytes: fc.nat(50) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), steps => {
      const lane = createLane<Named>()
      const taken: number[] = []
      let pushed = 0
      for (const { push, maxRecords, bytes } of steps) {
        for (let count = 0; count < push; count++) lane.push(request(pushed++, 1 + (count % 3), bytes))
        const some = lane.take({ maxRecords, maxBytes: 40_000 })
        const records = some.reduce((sum, { values }) => sum + values.length, 0)
        const weight = some.reduce((sum, { bytes }) => sum + bytes, 0) + records * overheadBytes
        expect(records <= maxRecords && weight <= 40_000).toBe(true)
        taken.push(...names(some))
        expect(lane.size).toBe(pushed - taken.length)
      }
      for (let next = lane.shift(); next; next = lane.shift()) taken.push(next.name)
      expect(taken).toEqual(Array.from({ length: pushed }, (_, name) => name))
      expect(lane.bytes).toBe(0)
    }),
    { numRuns: 50 },
  )
})
