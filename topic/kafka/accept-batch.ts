/** Where a partition's delivery stands. */
export interface Expected {
  /** Offset of the next record to deliver. */
  position: number
  /** The position that was fetched again because a batch began beyond it; accepted the second time. */
  refetchedAt: number | undefined
}

/**
 * What to do with a batch that was fetched from `fetchedOffset` on: deliver its records from `position` on, or fetch from `position`
 * again, because records in between would be passed over (a batch of before a seek). A second batch that still begins beyond
 * the same position is right: nothing is left in between (control records, which kafkajs swallows).
 */
export function acceptBatch(expected: Expected, fetchedOffset: number): 'deliver' | 'refetch' {
  return fetchedOffset <= expected.position || expected.refetchedAt === expected.position ? 'deliver' : 'refetch'
}
