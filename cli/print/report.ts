import type { Count } from '../../report/counts.ts'
import type { Mover } from '../../report/movers.ts'
import type { Part, Report } from '../../report/report.ts'
import type { SiteLoss } from '../../report/site-loss.ts'
import { printable } from './printable.ts'

/** Names that the table of windows has a column for. */
const windowColors = 4
const windowPages = 3

const number = (value: number) => value.toLocaleString('en-US')

/**
 * A report for people: times in UTC, names of visitors and sites without what would control a terminal. One that would be
 * longer than `maxChars` has no more than its latest windows. Windows without events are counted, not shown.
 */
export function printedReport(report: Report, maxChars = Number.POSITIVE_INFINITY): string {
  const { windows, events, colors, pages } = report
  const full = windows.filter(window => window.events > 0)
  const empty = windows.length - full.length
  const title = empty === 0 ? windowsTitle : `${windowsTitle}, but for ${number(empty)} without events`
  const table = events === 0 ? [] : windowLines(full, colors, pages)
  const all = printedWith(report, title, table)
  const over = all.length - maxChars
  if (over <= 0) return all
  // The title grows by what says so.
  const [head = '', ...rows] = table
  const left = rows.length - Math.ceil((over + 30) / (head.length + 3))
  const some = left > 0 ? [head, ...rows.slice(-left)] : []
  return printedWith(report, `${title}, the last ${number(left)} of ${number(rows.length)}`, some)
}

const windowsTitle = 'Windows of 5 minutes'

function printedWith(report: Report, title: string, shownWindows: readonly string[]): string {
  const { from, to, events, colors, pages, windows, movers, loss, unread } = report
  const head = `${day(from)} ${clock(from)} to ${day(to) === day(from) ? '' : `${day(to)} `}${clock(to)} UTC: ${number(events)} events`
  const lines = [
    head,
    ...section('Colors clicked', countLines(colors)),
    ...section('Pages viewed', countLines(pages)),
    ...section(title, shownWindows),
    ...section(`Movers, ${moverTimes(windows)}`, columns(movers.map(moverRow))),
    ...section('Loss', loss.map(lossLine)),
    ...section(
      'Not counted: files that could not be read',
      unread.map(name => shortName(name, 300)),
    ),
  ]
  return `${lines.join('\n')}\n`
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map(line => `  ${line}`.trimEnd())]
}

function countLines(counts: readonly Count[]): string[] {
  return columns(counts.map(({ name, count }) => [shortName(name), number(count)]))
}

function windowLines(windows: readonly Part[], colors: readonly Count[], pages: readonly Count[]): string[] {
  const someColors = colors.slice(0, windowColors).map(({ name }) => name)
  const somePages = pages.slice(0, windowPages).map(({ name }) => name)
  const countOf = (counts: readonly Count[], name: string) =>
    number(counts.find(count => count.name === name)?.count ?? 0)
  const head = ['', 'events', ...[...someColors, ...somePages].map(name => shortName(name, 12))]
  const rows = windows.map(part => [
    `${clock(part.from)} to ${clock(part.to)}`,
    number(part.events),
    ...someColors.map(name => countOf(part.colors, name)),
    ...somePages.map(name => countOf(part.pages, name)),
  ])
  return columns([head, ...rows])
}

function moverTimes(windows: readonly Part[]): string {
  const [before, after] = [windows.at(-6), windows.at(-1)]
  return before && after
    ? `${clock(before.from)} to ${clock(before.to)} against ${clock(after.from)} to ${clock(after.to)}`
    : ''
}

function moverRow({ kind, name, before, after, change }: Mover): string[] {
  return [`${kind} ${shortName(name)}`, number(before), '→', number(after), `${change > 0 ? '+' : ''}${number(change)}`]
}

function lossLine({ site, expected, arrived, missing, givenUp }: SiteLoss): string {
  const percent = expected === 0 ? '0' : ((100 * missing) / expected).toFixed(2)
  const told = givenUp === 0 ? '' : `; browsers gave up ${number(givenUp)}`
  return `${shortName(site)}: ${number(missing)} of ${number(expected)} missing (${percent} %), ${number(arrived)} arrived${told}`
}

/** The first column to the left, the others to the right. */
function columns(rows: readonly string[][]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0))) ?? []
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)
  return rows.map(row => row.map(pad).join('  '))
}

function shortName(name: string, chars = 40): string {
  const line = printable(name).replaceAll('\n', ' ')
  return line.length > chars ? `${line.slice(0, chars - 1)}…` : line
}

const day = (time: string) => time.slice(0, 10)
const clock = (time: string) => time.slice(11, 19).replace(/:00$/, '')
