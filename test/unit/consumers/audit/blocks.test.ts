import { expect, test } from 'vitest'
import { halvesOf, overlapOf, requestsOf, spansOf, unevenBlocks } from '../../../../consumers/audit/blocks.ts'

test('asks for at most 1,000 blocks at once, each counted by one request', () => {
  expect([...requestsOf({ from: 5, to: 25_000_000 })]).toEqual([
    { from: 5, to: 10_000_000 },
    { from: 10_000_000, to: 20_000_000 },
    { from: 20_000_000, to: 25_000_000 },
  ])
  expect([...requestsOf({ from: 7, to: 7 })]).toEqual([])
})

test.each([
  ['all are full', { 0: 10_000, 10000: 5 }, []],
  ['one is short', { 0: 9_999, 10000: 5 }, [{ from: 0, to: 10_000 }]],
  ['one has too many', { 0: 10_000, 10000: 6 }, [{ from: 10_000, to: 10_005 }]],
  ['one is empty', { 0: 10_000 }, [{ from: 10_000, to: 10_005 }]],
])('names the blocks to look into where %s', (_, counts, uneven) => {
  const byBegin = new Map(Object.entries(counts).map(([begin, count]) => [Number(begin), count]))
  expect(unevenBlocks({ from: 0, to: 10_005 }, byBegin)).toEqual(uneven)
})

test('cuts the first block where the span begins', () => {
  expect(unevenBlocks({ from: 9_990, to: 10_000 }, new Map([[0, 10]]))).toEqual([])
  expect(unevenBlocks({ from: 9_990, to: 10_000 }, new Map([[0, 9]]))).toEqual([{ from: 9_990, to: 10_000 }])
})

test('puts offsets that lie close to each other into one span', () => {
  expect(spansOf([1, 2, 3, 7])).toEqual([
    { from: 1, to: 4 },
    { from: 7, to: 8 },
  ])
  expect(spansOf([1, 2, 3, 7], 4)).toEqual([{ from: 1, to: 8 }])
})

test('halves a span without losing an offset', () => {
  expect(halvesOf({ from: 3, to: 8 })).toEqual([
    { from: 3, to: 5 },
    { from: 5, to: 8 },
  ])
})

test('says what two spans have in common', () => {
  expect(overlapOf({ from: 0, to: 5 }, { from: 3, to: 9 })).toEqual({ from: 3, to: 5 })
  expect(overlapOf({ from: 0, to: 3 }, { from: 3, to: 9 })).toBeUndefined()
})
