/** The candidate that a mistyped name most likely meant: at most a third of its characters differ. Undefined when none is near. */
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

/** Levenshtein's distance: characters put in, taken out or changed. */
function editDistance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const change = (above[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1)
      current.push(Math.min(change, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    above = current
  }
  return above[to.length] ?? 0
}
