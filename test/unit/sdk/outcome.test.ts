import { expect, test } from 'vitest'
import { outcomeOf } from '../../../sdk/outcome.ts'

test.each([
  ['acknowledged', [200, 202, 204, 299]],
  ['halve', [413]],
  ['retry', [0, 408, 425, 429, 500, 502, 503, 504, 599]],
  ['drop', [302, 304, 400, 401, 403, 404, 405, 415, 422]],
] as const)('%s for %j', (outcome, statuses) => {
  for (const status of statuses) expect(outcomeOf(status)).toBe(outcome)
})
