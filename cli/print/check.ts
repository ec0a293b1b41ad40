import type { ChainReport } from '../../consumers/hdfs/check/chain.ts'
import type { CheckReport } from '../../consumers/hdfs/check/check.ts'
import type { Problem } from '../../consumers/hdfs/check/problem.ts'

/** `1.5 MiB`. */
export function printedBytes(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`
}

/** A report for people: a line for each partition, then its gaps, then what is wrong and what to do. */
export function printedCheck({ table, chains, problems }: CheckReport): string {
  const head = ['partition', 'files', 'rows', 'from', 'to', 'skipped', 'copies', 'gaps', 'problems']
  const rows = chains.map(chain => rowOf(chain, problems))
  const gaps = chains.flatMap(chain => chain.gaps.map(gap => ({ name: nameOf(chain), ...gap })))
  const damages = problems.filter(problem => problem.damage)
  const notes = problems.filter(problem => !problem.damage)
  const total = `${sum(chains, 'files')} files, ${sum(chains, 'rows')} rows in ${table}`
  const lines = [
    ...columns([head, ...rows]),
    ...gaps.map(
      ({ name, from, to, state }) => `gap      partition ${name}: offsets ${from} to ${to}, ${meanings[state]}`,
    ),
    ...notes.flatMap(problem => printedProblem('note', problem)),
    ...damages.flatMap(problem => printedProblem('damage', problem)),
    damages.length > 0 ? `${damages.length} damages: ${total}` : `Nothing is damaged: ${total}`,
  ]
  return `${lines.join('\n')}\n`
}

const meanings = {
  counted: 'gone before they could be read; counted in kafka.skipped',
  open: 'gone before they could be read; no row lies behind them yet',
  wrong: 'which are landed all the same',
} as const

function printedProblem(word: string, { path, line, count, what, advice }: Problem): string[] {
  const where = line === undefined ? path : `${path}:${line}`
  const times = count > 1 ? ` (${count} times in this file)` : ''
  return [`${word.padEnd(8)} ${where}`, `         ${what}${times}`, `         → ${advice}`]
}

function nameOf({ partition, generation }: ChainReport): string {
  return generation > 1 ? `${partition} (generation ${generation})` : String(partition)
}

function rowOf(chain: ChainReport, problems: readonly Problem[]): string[] {
  const mine = problems.filter(
    problem => problem.partition === chain.partition && problem.generation === chain.generation,
  )
  const { files, rows, from = '-', to = '-', skipped, copies, gaps } = chain
  return [nameOf(chain), files, rows, from, to, skipped, copies, gaps.length, mine.length].map(String)
}

/** Rows of cells as lines, each column as wide as its widest cell. */
export function columns(rows: readonly string[][]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0))) ?? []
  return rows.map(row => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  '))
}

function sum(chains: readonly ChainReport[], field: 'files' | 'rows'): number {
  return chains.reduce((total, chain) => total + chain[field], 0)
}
