import type { StorageCounts } from '../sink.ts'
import type { Bulk } from './bulk.ts'
import { itemOutcome, type Outcome, outcomes } from './outcome.ts'

/** The same bulks, counted: each document by what became of it, one of a bulk that failed as a whole by what became of that. */
export function countedBulk(bulk: Bulk): { bulk: Bulk; counts(): StorageCounts } {
  const answers: Record<Outcome, number> = { created: 0, conflict: 0, retry: 0, reject: 0, split: 0, stop: 0 }
  let retries = 0
  return {
    bulk: {
      ...bulk,
      async create(entries, place, signal) {
        const answer = await bulk.create(entries, place, signal)
        const before = answers.retry
        if ('outcome' in answer) answers[answer.outcome] += entries.length
        else for (const item of answer) answers[itemOutcome(item)]++
        if (answers.retry > before) retries++
        return answer
      },
    },
    counts: () => ({ retries, answers: outcomes.map(outcome => [outcome, answers[outcome]]) }),
  }
}
