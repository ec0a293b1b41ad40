import type { Result } from './lab.ts'

/** A row a tracker and scenario, columns aligned, figures to the right. */
export function tableOf(results: readonly Result[]): string {
  const head = ['tracker', 'scenario', 'repeats', 'events', 'delivered', 'doubled', 'resent', 'gaps', 'left', 'slowest']
  const rows = results.map(result => [
    result.tracker,
    result.scenario,
    ...[result.repeats, result.tracked].map(String),
    percentOf(result),
    ...[result.doubled, result.resent, result.gaps, result.left].map(String),
    `${result.seconds.toFixed(1)} s`,
  ])
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map(row => row[column]?.length ?? 0)))
  const lineOf = (row: readonly string[]) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
  return [head, ...rows].map(lineOf).join('\n')
}

/** Rounded down: 100 % is said of nothing less. */
function percentOf({ delivered, tracked }: Result): string {
  return `${Math.floor((delivered / tracked) * 1_000) / 10} %`
}
