import type { Row } from './row.ts'

/** An upper bound that a row must keep, from the table of figures in issue 4. */
interface Gate {
  of: 'clicktrail' | 'clicktrail-esm'
  /** The row of the table. */
  source: string
  limit: number
  value(row: Row): number | undefined
}

const script = 'sdk/dist/clicktrail.js, gzip -9 / brotli 11'
const esm = 'ESM init+page+track bundled'
const bytes = 'body a event in a batch of 10 clicks with two properties / with request headers'
const requests = 'requests for 20 clicks and a page view; preflights'
const harm = 'long tasks, forced layouts caused by us'

export const gates: readonly Gate[] = [
  { of: 'clicktrail', source: script, limit: 2_400, value: row => row.gzipBytes },
  { of: 'clicktrail', source: script, limit: 2_150, value: row => row.brotliBytes },
  { of: 'clicktrail-esm', source: esm, limit: 2_300, value: row => row.gzipBytes },
  { of: 'clicktrail-esm', source: esm, limit: 2_050, value: row => row.brotliBytes },
  { of: 'clicktrail', source: bytes, limit: 75, value: row => row.bodyBytes },
  { of: 'clicktrail', source: bytes, limit: 160, value: row => row.wireBytes },
  { of: 'clicktrail', source: requests, limit: 3, value: row => row.requests },
  { of: 'clicktrail', source: requests, limit: 0, value: row => row.preflights },
  {
    of: 'clicktrail',
    source: 'clicks lost or doubled of 20',
    limit: 0,
    value: row => Math.abs(20 - row.clicksArrived),
  },
  {
    of: 'clicktrail',
    source: 'track() in the click handler, CPU slowed 4x, µs',
    limit: 200,
    value: row => row.clickMedianUs,
  },
  { of: 'clicktrail', source: 'start-up script time against Plausible', limit: 0.5, value: row => row.startRatio },
  { of: 'clicktrail', source: harm, limit: 0, value: row => row.longTasks },
  { of: 'clicktrail', source: harm, limit: 0, value: row => row.forcedLayouts },
]

/** One sentence a gate that `rows` miss; a gate whose row or value isn't there is not judged. NaN misses. */
export function missedGates(rows: readonly Row[]): string[] {
  return gates.flatMap(gate => {
    const row = rows.find(({ name }) => name === gate.of)
    const value = row && gate.value(row)
    if (value === undefined || value <= gate.limit) return []
    return [`gate missed: ${gate.of}: ${gate.source}: ${Math.round(value * 100) / 100}, at most ${gate.limit}`]
  })
}
