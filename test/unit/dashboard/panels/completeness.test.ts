import fc from 'fast-check'
import { expect, test } from 'vitest'
import { landedLine } from '../../../support/landed-files.ts'
import { landed } from './read-landed.ts'

interface Position {
  partition: number
  offset: number
  skipped: number
  generation: number
}

function lineOf({ partition, offset, skipped, generation }: Position): string {
  const line = landedLine({ partition, offset, skipped })
  return generation === 1 ? line : line.replace(/"kafka":\{/, `"kafka":{"generation":${generation},`)
}

const viewed = `SELECT kafka_topic AS topic, kafka_generation AS generation, kafka_partition AS partition,
  landed, skipped, missing, doubled FROM completeness ORDER BY ALL`

async function bothSay(positions: readonly Position[]): Promise<{ panel: object; view: { partitions: object[] } }> {
  const { panel, rows } = await landed(positions.map(lineOf))
  const partitions = (await rows(viewed)).map(row =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, name === 'topic' ? value : Number(value)])),
  )
  return { panel: await panel('completeness'), view: { partitions } }
}

// Mostly the next one; at times one that came before, or one after a gap that is accounted for in full, in part, not at all, or too well.
const step = fc.record({
  gap: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.integer({ min: -1, max: 70 })),
  said: fc.oneof({ weight: 6, arbitrary: fc.constant('all' as const) }, fc.constantFrom('none', 'more', 'half')),
})
const walk = fc.record({
  first: fc.integer({ min: 0, max: 40 }),
  steps: fc.array(step, { minLength: 1, maxLength: 120 }),
})

test('whatever has landed, it is as complete as the view says', async () => {
  const positions = fc.sample(walk, { numRuns: 80, seed: 8 }).flatMap(({ first, steps }, index) => {
    let offset = first - 1
    return steps.map(({ gap, said }): Position => {
      offset = Math.max(0, offset + 1 + gap)
      const told = { all: gap, none: 0, more: Math.min(offset, gap + 3), half: gap >> 1 }[said]
      return { partition: index >> 1, generation: 1 + (index & 1), offset, skipped: Math.max(0, told) }
    })
  })
  const { panel, view } = await bothSay(positions)
  expect(panel).toEqual(view)
  expect(view.partitions).toHaveLength(80)
})

test('long runs, a hole in one of them and a row that landed twice are as the view says', async () => {
  const at = (offset: number, skipped = 0) => ({ partition: 0, generation: 1, offset, skipped })
  const positions = Array.from({ length: 1_000 }, (_, offset) => at(offset)).filter(({ offset }) => offset !== 500)
  const { panel, view } = await bothSay([...positions, at(700), at(1_040, 40), at(1_041), at(1_075, 31)])
  expect(panel).toEqual(view)
  expect(panel).toEqual({
    partitions: [
      { topic: 'clicktrail', generation: 1, partition: 0, landed: 1_003, skipped: 71, missing: 3, doubled: 1 },
    ],
  })
})
