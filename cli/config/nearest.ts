/** The candidate that a mistyped name most likely meant: at most a third of its characters are wrong. Undefined when none is near. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let found: string | undefined
  let least = Math.floor(name.length / 3) + 1
  for (const candidate of candidates) {
    const distance = editDistance(name, candidate)
    if (distance >= least) continue
    least = distance
    found = candidate
  }
  return found
}

/** Characters put in, taken out or changed, and neighbours swapped (optimal string alignment). */
function editDistance(from: string, to: string): number {
  let twoAbove: number[] = []
  let above = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const change = (above[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1)
      const swapped = row > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      const swap = swapped ? (twoAbove[column - 2] ?? 0) + 1 : change
      current.push(Math.min(change, swap, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    twoAbove = above
    above = current
  }
  return above[to.length] ?? 0
}
