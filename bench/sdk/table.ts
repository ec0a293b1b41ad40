import type { Row } from './row.ts'

const columns: [title: string, cell: (row: Row) => string][] = [
  ['tracker', row => `${row.name} ${row.version}`],
  ['gzip B', row => count(row.gzipBytes)],
  ['brotli B', row => count(row.brotliBytes)],
  ['body B/event', row => row.bodyBytes.toFixed(1)],
  ['wire B/event', row => row.wireBytes.toFixed(1)],
  ['requests', row => count(row.requests)],
  ['preflights', row => count(row.preflights)],
  ['clicks of 20', row => count(row.clicksArrived)],
  ['click µs', row => count(row.clickMedianUs)],
  ['p95', row => count(row.clickP95Us)],
  ['start ms', row => row.startMs.toFixed(1)],
  ['÷ plausible', row => row.startRatio?.toFixed(2) ?? ''],
  ['script ms', row => row.scriptMs.toFixed(1)],
  ['÷ plausible', row => row.scriptRatio?.toFixed(2) ?? ''],
  ['visit ms', row => row.visitMs.toFixed(1)],
  ['long tasks', row => count(row.longTasks)],
  ['forced layouts', row => count(row.forcedLayouts)],
  ['claims', row => row.claims],
]

/** The rows as a Markdown table, ready for a README. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map(row => columns.map(([, cell]) => cell(row)))
  const widths = columns.map(([title], i) => Math.max(title.length, ...cells.map(line => line[i]?.length ?? 0)))
  const last = columns.length - 1
  const pad = (text: string, i: number) =>
    i === 0 || i === last ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0)
  const lines = [columns.map(([title]) => title), ...cells].map(line => `| ${line.map(pad).join(' | ')} |`)
  const rule = widths.map(
    (width, i) => '-'.repeat(i === 0 || i === last ? width : width - 1) + (i === 0 || i === last ? '' : ':'),
  )
  return [lines[0], `| ${rule.join(' | ')} |`, ...lines.slice(1)].join('\n')
}

const count = (value: number) => Math.round(value).toLocaleString('en-US')
