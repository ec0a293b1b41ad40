/** One line of the table. */
export interface Figure {
  what: string
  value: number
  unit: '' | 'x' | '%' | 'ms' | 'MB' | 'events/s'
  /** Bounds of issue 5; a figure without them is printed and not judged. */
  bounds?: Bounds
  /** The value is not judged: the server did not have its core, the host took it, or the load that was asked for did not come. */
  unsure?: boolean
}

export interface Bounds {
  better: 'higher' | 'lower'
  gate: number
  goal?: number
}

export const atLeast = (gate: number, goal?: number): Bounds => ({
  better: 'higher',
  gate,
  ...(goal !== undefined && { goal }),
})
export const atMost = (gate: number, goal?: number): Bounds => ({
  better: 'lower',
  gate,
  ...(goal !== undefined && { goal }),
})

export type Verdict = 'goal' | 'ok' | 'missed' | 'unsure' | ''

/** `goal`: both are kept; `ok`: the gate alone; NaN misses. */
export function verdictOf({ value, bounds, unsure }: Figure): Verdict {
  if (bounds === undefined) return ''
  if (unsure) return 'unsure'
  const { better, gate, goal } = bounds
  const keeps = (bound: number) => (better === 'higher' ? value >= bound : value <= bound)
  if (!keeps(gate)) return 'missed'
  return goal === undefined || keeps(goal) ? 'goal' : 'ok'
}

/** The figures as a Markdown table, ready for a README. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map(figure => [
    figure.what,
    bound(figure, 'gate'),
    bound(figure, 'goal'),
    `${number(figure.value)}${figure.unit === '' ? '' : ` ${figure.unit}`}`,
    verdictOf(figure),
  ])
  const all = [['what', 'gate', 'goal', 'measured', 'verdict'], ...rows]
  const widths = [0, 1, 2, 3, 4].map(column => Math.max(...all.map(cells => cells[column]?.length ?? 0)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  return [line(all[0] ?? []), `|${widths.map(width => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n')
}

function bound({ bounds }: Figure, which: 'gate' | 'goal'): string {
  const value = bounds?.[which]
  return value === undefined ? '' : `${bounds?.better === 'higher' ? '≥' : '≤'} ${number(value)}`
}

function number(value: number): string {
  const digits = Math.abs(value) >= 1_000 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return Number.isNaN(value) ? 'none' : value.toLocaleString('en-US', { maximumFractionDigits: digits })
}
