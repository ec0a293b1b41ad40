import { expect } from 'vitest'
import type { LandedRow } from './landed-rows.ts'
import { eventsOf, retold, type Walk } from './visitor.ts'

/** A storage holds every event of the walk once, with the right name, color, page, browser and time, and nothing else. */
export function expectWalk(rows: readonly LandedRow[], walk: Walk): void {
  const { firstMs, lastMs, ...told } = retold(rows)
  expect(told).toEqual({
    names: new Set([walk.name]),
    colors: walk.colors,
    paths: walk.paths,
    cart: walk.cart,
    browsers: new Set([walk.browser]),
    lost: 0,
    doubled: 0,
  })
  expect(rows).toHaveLength(eventsOf(walk))
  expect(firstMs).toBeGreaterThanOrEqual(walk.fromMs)
  expect(lastMs).toBeLessThanOrEqual(walk.toMs)
}
