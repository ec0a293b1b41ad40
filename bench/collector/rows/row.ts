import type { Figure } from '../figures.ts'
import type { Generator } from '../load.ts'

/** What every row is given. */
export interface RowOptions {
  generator: Generator
  /** Of each measurement. */
  seconds: number
  rounds: number
  /** How long the broker is away in the row `memory`, minutes. */
  outageMinutes: number
  /** Where CPU profiles of Clicktrail are written, and their hottest functions printed. */
  profile: string | undefined
  /** The folder of the bundled servers. */
  bundles: string
  log(line: string): void
}

/** Measures one row of the table. */
export type MeasureRow = (options: RowOptions) => Promise<Figure[]>
