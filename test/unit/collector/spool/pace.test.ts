import { expect, test } from 'vitest'
import { createPace } from '../../../../collector/spool/pace.ts'

test('spends so many bytes a second, whatever the pieces', () => {
  const pace = createPace(1_000)
  expect([pace.spend(500, 0), pace.spend(100, 0), pace.spend(100, 0), pace.spend(1, 650)]).toEqual([0, 500, 600, 50])
})

test('does not save up what was not spent', () => {
  const pace = createPace(1_000)
  pace.spend(500, 0)
  expect([pace.spend(500, 60_000), pace.spend(500, 60_000)]).toEqual([0, 500])
})
