/** What came of one run of a fault. */
export interface Outcome {
  records: number
  copies: number
  skipped: number
  deadLetters: number
  /** How often the fault happened: a run in which it did not says nothing. */
  happened: number
  lost: string[]
  /** How many of those nobody comes back for. */
  overtaken?: number
  doubled: string[]
  wrong: string[]
}

/** One row of the table. */
export interface Fault {
  name: string
  run(seed: number): Promise<Outcome>
}
