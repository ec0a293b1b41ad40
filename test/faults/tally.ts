import type { Fault, Outcome } from './fault.ts'

/** What all runs of one fault came to. */
export interface Tally {
  name: string
  seeds: number
  sums: Pick<Outcome, 'records' | 'copies' | 'skipped' | 'deadLetters' | 'happened'>
  lost: number
  doubled: number
  seconds: number
  /** What is wrong, and how to see it again; empty when all is well. */
  red: string[]
}

export interface TallyOptions {
  seed: number
  seeds: number
  /** A writer that is known to be wrong: runs until something is lost for good or doubled, and is red when nothing was within 8 seeds or `seeds`. What has not landed yet doesn't count: it may only be slow. */
  control?: boolean
  /** What goes behind the command that repeats a run. */
  flags?: string
}

const shown = 4

const fewSeeds = 8

/** Runs a fault with `seeds` seeds from `seed` on, one after the other. Never rejects. */
export async function runFault(fault: Fault, options: TallyOptions): Promise<Tally> {
  const { seed: first, control = false, flags = '' } = options
  const seeds = control ? Math.max(fewSeeds, options.seeds) : options.seeds
  const sums = { records: 0, copies: 0, skipped: 0, deadLetters: 0, happened: 0 }
  const tally: Tally = { name: fault.name, seeds: 0, sums, lost: 0, doubled: 0, seconds: 0, red: [] }
  const beganMs = performance.now()
  let caught = 0
  const repeat = (seed: number) => `npm run test:faults --${flags} --only "${fault.name}" --seed ${seed} --seeds 1`
  // A run in which it did not happen says nothing: there is another one.
  const goesOn = (runs: number) => runs < seeds || (sums.happened === 0 && tally.red.length === 0 && runs < fewSeeds)
  for (let seed = first; goesOn(seed - first); seed++) {
    tally.seeds++
    try {
      const outcome = await fault.run(seed)
      sums.records += outcome.records
      sums.copies += outcome.copies
      sums.skipped += outcome.skipped
      sums.deadLetters += outcome.deadLetters
      sums.happened += outcome.happened
      tally.lost += outcome.lost.length
      tally.doubled += outcome.doubled.length
      const found = [named('lost', outcome.lost), named('doubled', outcome.doubled), named('wrong', outcome.wrong)]
      const wrong = found.filter(one => one !== undefined)
      caught += outcome.doubled.length + (outcome.overtaken ?? 0)
      if (control && caught > 0) break
      if (wrong.length > 0 && !control) tally.red.push(`seed ${seed}: ${wrong.join('; ')}\n    ${repeat(seed)}`)
    } catch (error) {
      const reason = error instanceof Error ? error.stack : String(error)
      tally.red.push(`seed ${seed}: ${reason}\n    ${repeat(seed)}`)
    }
  }
  tally.seconds = (performance.now() - beganMs) / 1_000
  if (control && caught === 0) tally.red.push(`nothing was caught\n    ${repeat(first)}`)
  if (sums.happened === 0) tally.red.push(`it never happened\n    ${repeat(first)}`)
  return tally
}

function named(what: string, found: readonly string[]): string | undefined {
  if (found.length === 0) return undefined
  return `${found.length} ${what} (${found.slice(0, shown).join(', ')}${found.length > shown ? ', …' : ''})`
}

/** The closing table, and below it what is red. */
export function tableOf(tallies: readonly Tally[]): string {
  const head = [
    'fault',
    'seeds',
    'times',
    'records',
    'copies',
    'skipped',
    'dead letters',
    'lost',
    'doubled',
    'seconds',
    '',
  ]
  const rows = tallies.map(({ name, seeds, sums, lost, doubled, seconds, red }) => {
    const { happened, records, copies, skipped, deadLetters } = sums
    const figures = [seeds, happened, records, copies, skipped, deadLetters, lost, doubled, seconds.toFixed(1)]
    return [name, ...figures.map(String), red.length > 0 ? 'RED' : 'ok']
  })
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map(row => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
  const reds = tallies.flatMap(({ name, red }) => red.map(one => `RED ${name}, ${one}`))
  return [line(head), line(widths.map(width => '-'.repeat(width))), ...rows.map(line), ...reds].join('\n')
}
