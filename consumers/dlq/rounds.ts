/** Remembers which rounds of which records have been seen, the latest of them. */
export interface Rounds {
  has(round: string): boolean
  add(round: string): void
}

/** Letters of one record lie close together; so many offsets are read back to know them again. */
export const windowLetters = 50_000

export function createRounds(most: number = windowLetters): Rounds {
  const seen = new Set<string>()
  return {
    has: round => seen.has(round),
    add(round) {
      seen.add(round)
      const [oldest] = seen
      if (seen.size > most && oldest !== undefined) seen.delete(oldest)
    },
  }
}
