import { expect, test } from 'vitest'
import type { Held } from '../../../../topic/kafka/assignment.ts'
import { settle } from '../../../../topic/kafka/settle.ts'
import type { Bounds } from '../../../../topic/topic.ts'

const heldAt = (partition: number, position: number, behind = false): Held => ({
  partition,
  position,
  sought: true,
  paused: false,
  settled: false,
  behind,
  refetchedAt: 3,
})

/** Settles against one answer after the other; the last one is given again and again, and undefined fails. */
async function run(partitions: readonly Held[], answers: (Record<number, Bounds> | undefined)[], overAfter = Infinity) {
  const settled: [partition: number, position: number][] = []
  const failures: unknown[] = []
  let asked = 0
  const cut = await settle(partitions, {
    async bounds() {
      const answer = answers[Math.min(asked++, answers.length - 1)]
      if (!answer) throw new Error('no broker')
      return new Map(Object.entries(answer).map(([partition, bounds]) => [Number(partition), bounds]))
    },
    isOver: () => asked > overAfter,
    settled: ({ partition, position }) => settled.push([partition, position]),
    failed: error => failures.push(error),
    signal: new AbortController().signal,
  })
  return { cut, settled, failures, asked }
}

test('settles each partition where it was sought, or where its log begins', async () => {
  const partitions = [heldAt(0, 2), heldAt(1, 7)]
  const { settled, cut } = await run(partitions, [{ 0: { low: 5, high: 9 }, 1: { low: 0, high: 7 } }])
  expect(settled).toEqual([
    [0, 5],
    [1, 7],
  ])
  expect(cut).toEqual([])
  expect(partitions.every(held => held.settled && held.refetchedAt === undefined)).toBe(true)
})

test('waits for a log that ends before what was sought, and for a partition that is not known yet', async () => {
  const answers = [{ 0: { low: 0, high: 3 } }, { 0: { low: 0, high: 4 }, 1: { low: 0, high: 1 } }]
  const { settled, asked } = await run([heldAt(0, 4), heldAt(1, 0)], answers)
  expect(settled).toEqual([
    [0, 4],
    [1, 0],
  ])
  expect(asked).toBe(2)
})

test('tells of a log that ends before what was read of it, and settles the others', async () => {
  const partitions = [heldAt(0, 4, true), heldAt(1, 1, true)]
  const { settled, cut } = await run(partitions, [{ 0: { low: 0, high: 3 }, 1: { low: 0, high: 2 } }])
  expect(cut).toEqual([{ partition: 0, position: 4, low: 0, high: 3 }])
  expect(settled).toEqual([[1, 1]])
  expect(partitions[0]?.settled).toBe(false)
})

test('asks again when the answer does not come', async () => {
  const { settled, failures } = await run([heldAt(0, 1)], [undefined, { 0: { low: 0, high: 1 } }])
  expect(settled).toEqual([[0, 1]])
  expect(failures).toHaveLength(1)
})

test.each([undefined, { 0: { low: 0, high: 3 } }])('gives up what is no longer ours when %j comes', async answer => {
  expect(await run([heldAt(0, 1)], [answer], 0)).toMatchObject({ cut: [], settled: [], failures: [], asked: 1 })
})
