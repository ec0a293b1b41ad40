/** What is to be done with a batch: forget it, send it again, cut it in two, or give it up. */
export type Outcome = 'acknowledged' | 'retry' | 'halve' | 'drop'

/** Reads the collector's status; 0 stands for no answer at all. What isn't worth a second try is dropped. */
export function outcomeOf(status: number): Outcome {
  if (status >= 200 && status < 300) return 'acknowledged'
  if (status === 413) return 'halve'
  return status === 0 || status === 408 || status === 425 || status === 429 || status >= 500 ? 'retry' : 'drop'
}
