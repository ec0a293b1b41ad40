import { expect, test } from 'vitest'
import { planReload, reload } from '../../../../consumers/elasticsearch/reload.ts'
import type { Committed } from '../../../../topic/topic.ts'

const planOf = (from: number, { low = 0, high = 100, committed = 80 }: Record<string, number | undefined> = {}) =>
  planReload(new Map([[3, { low, high, committed: { next: committed, metadata: '7 a' } }]]), new Map([[3, from]]))
const back = (next: number, end: number, gone?: { from: number; to: number }) => ({
  back: [{ partition: 3, next, end, gone }],
  stays: [],
})

test('goes back to the offset that is asked for', () => {
  expect(planOf(0)).toEqual(back(0, 80))
  expect(planOf(79)).toEqual(back(79, 80))
})

test('goes back to the oldest record that is left, and says which are gone', () => {
  expect(planOf(5, { low: 40 })).toEqual(back(40, 80, { from: 5, to: 39 }))
  expect(planOf(40, { low: 40 })).toEqual(back(40, 80))
})

test('goes back on a log that ends before the commit', () => {
  expect(planOf(0, { high: 20 })).toEqual(back(0, 20))
  expect(planOf(20, { high: 20 })).toEqual(back(20, 20))
})

test.each([
  ['it has not got further', 80, {}, 'only got to offset 80'],
  ['it would pass over what was not written', 90, {}, 'only got to offset 80'],
  ['all before it is gone', 0, { low: 80 }, 'only got to offset 80'],
  ['the log ends before', 21, { high: 20 }, 'the log ends at 20'],
])('leaves a partition as it is where %s', (_, from, now, why) => {
  expect(planOf(from, now)).toEqual({ back: [], stays: [{ partition: 3, why: expect.stringContaining(why) }] })
})

test('leaves a partition as it is that has no commit, and says nothing of one that is not asked for', () => {
  const positions = new Map([0, 1].map(partition => [partition, { low: 5, high: 9, committed: undefined }]))
  const why = expect.stringContaining('begins at offset 5')
  expect(planReload(positions, new Map([[1, 7]]))).toEqual({ back: [], stays: [{ partition: 1, why }] })
})

test('commits each step without the name of a record, and nothing while a writer runs', async () => {
  const commits: [number, Committed][] = []
  const commit = async (partition: number, committed: Committed) => void commits.push([partition, committed])
  const running = async () => {
    throw new Error('a writer runs')
  }
  await expect(reload(planOf(5), { requireStopped: running, commit })).rejects.toThrow('a writer runs')
  expect(commits).toEqual([])
  await reload(planOf(5), { requireStopped: async () => {}, commit })
  expect(commits).toEqual([[3, { next: 5, metadata: '' }]])
})

test('says so when a writer joined meanwhile', async () => {
  let asked = 0
  const requireStopped = async () => {
    if (++asked > 1) throw new Error('a writer runs')
  }
  await expect(reload(planOf(5), { requireStopped, commit: async () => {} })).rejects.toThrow('a writer runs')
})
