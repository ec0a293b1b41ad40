import type { ProcessStatus } from './servers.ts'

/** The rows as an aligned table with a heading. */
export function statusTable(rows: ProcessStatus[]): string {
  const cells = rows.map(({ name, state, pid, rssBytes, ports }) => [
    name,
    state,
    pid === undefined ? '-' : String(pid),
    pid === undefined ? '-' : `${Math.round(rssBytes / 1_000_000)} MB`,
    ports.join(' '),
  ])
  const table = [['process', 'state', 'pid', 'memory', 'ports on 127.0.0.1'], ...cells]
  const width = (column: number) => Math.max(...table.map(row => row[column]?.length ?? 0))
  return table
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(width(column)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
