import type { FilesReloaded } from '../../consumers/elasticsearch/reload-files.ts'
import type { HourOfFiles } from '../../consumers/elasticsearch/reload-hours.ts'
import { printedBytes } from './check.ts'
import { counted } from './counted.ts'
import { printable } from './printable.ts'

/** `2026-11-21T02`, UTC. */
export function printedHour(hourMs: number): string {
  return new Date(hourMs).toISOString().slice(0, 13)
}

/** Which files would be read, in one line. `where`: the table. */
export function printedFilesPlan(hours: readonly HourOfFiles[], where: string): string {
  const [first, last] = [hours[0], hours.at(-1)]
  if (!first || !last) return `In ${where}: no files of that time, partition and offset. Nothing to do.\n`
  const files = hours.flatMap(hour => [...hour.files.values()].flat())
  const bytes = printedBytes(files.reduce((sum, { length }) => sum + length, 0))
  const span = `from ${printedHour(first.hourMs)} to ${printedHour(last.hourMs)} (UTC)`
  return `In ${where}: ${counted(hours.length, 'hour')} ${span}, ${counted(files.length, 'file')}, ${bytes}
Of their rows, events that are in Elasticsearch stay as they are and those that are missing are created.
`
}

/** What became of the rows, and what is to be done about those that are not there. */
export function printedFilesReload(report: FilesReloaded, hours: number): string {
  const { rows, created, there, copies, refused, unread, unanswered, problems } = report
  const notThere = refused + unread + unanswered
  const more = refused + unread - problems.length
  const lines = [
    ...problems.map(({ path, line, what }) => `not there: ${path}:${line} ${printable(what)}`),
    ...(more > 0 ? [`… and ${more} more`] : []),
    `${counted(rows, 'row')} of ${counted(hours, 'hour')}: ${created} created, ${there} there already, ${copies} copies of an event that is there, ${refused} refused`,
    ...(refused > 0
      ? ['What is refused is not made a dead letter again: "clicktrail dlq list" has what the writer made one']
      : []),
    ...(unread > 0 ? [`${unread} lines or files could not be read: "clicktrail hdfs check" says what to do`] : []),
    ...(unanswered > 0 ? [`${unanswered} rows got no answer: run this again`] : []),
    ...(notThere === 0 ? ['Nothing is missing: Elasticsearch has created each of them, or was asked and has it'] : []),
  ]
  return `${lines.join('\n')}\n`
}
