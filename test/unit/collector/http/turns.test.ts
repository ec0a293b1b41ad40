import { expect, test, vi } from 'vitest'
import { createTurns } from '../../../../collector/http/turns.ts'

/** How many things of a millisecond are worked on in the turn behind a look that took so long. */
async function workedAfter(lookMs: number): Promise<number> {
  let nowMs = 0
  let worked = 0
  const ends: boolean[] = []
  const turns = createTurns({
    now: () => nowMs,
    isWaiting: () => ends.length < 2,
    workOnOne: () => {
      worked++
      nowMs++
    },
    passed: hadMore => ends.push(hadMore),
  })
  // The look in which something comes in; the turn begins when it is over.
  turns.hasTime()
  nowMs += lookMs
  await vi.waitUntil(() => ends.length === 2)
  return worked
}

test.each([
  [1, 4],
  [8, 4],
  [16, 8],
  [20, 10],
  [24, 12],
  [200, 12],
])('after a look of %d ms it works for %d ms', async (lookMs, workMs) => {
  expect(await workedAfter(lookMs)).toBe(workMs)
})
