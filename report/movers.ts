import { byName, type Count } from './counts.ts'

/** A name whose count differs between two windows. */
export interface Mover {
  kind: 'color' | 'page'
  name: string
  before: number
  after: number
  change: number
}

/** Every name whose count changed, whichever of the two it is missing from; the largest change first, up or down, then by name. */
export function moversOf(kind: Mover['kind'], before: readonly Count[], after: readonly Count[]): Mover[] {
  const earlier = new Map(before.map(({ name, count }) => [name, count]))
  const later = new Map(after.map(({ name, count }) => [name, count]))
  return [...new Set([...earlier.keys(), ...later.keys()])]
    .map(name => {
      const [from, to] = [earlier.get(name) ?? 0, later.get(name) ?? 0]
      return { kind, name, before: from, after: to, change: to - from }
    })
    .filter(({ change }) => change !== 0)
    .sort(byChange)
}

/** Sorts the largest change first, up or down, then by kind and name. */
export function byChange(a: Mover, b: Mover): number {
  return Math.abs(b.change) - Math.abs(a.change) || byName(a.kind, b.kind) || byName(a.name, b.name)
}
