import type { AuditReport, PartitionReport } from '../../consumers/audit/audit.ts'
import { auditedStores, type Finding } from '../../consumers/audit/finding.ts'
import { columns } from './check.ts'
import { printable } from './printable.ts'

/** Events of one finding that are printed each on a line. */
const shownEvents = 20

/** A report for people: a line for each partition and storage, one for each event that is missing, and what to do. */
export function printedAudit({ topic, partitions, findings, totals, unaudited }: AuditReport): string {
  const head = ['partition', 'storage', 'from', 'to', 'stored', 'explained', 'dropped', 'missing', 'doubled']
  const offsets = partitions.flatMap(one => auditedStores.map(store => one[store]))
  const looked = offsets.reduce((sum, one) => sum + (one ? one.to - one.from : 0), 0)
  const found = auditedStores.flatMap(store => Object.values(totals[store])).reduce((sum, one) => sum + one, 0)
  const unnamed = found - findings.reduce((sum, { from, to }) => sum + to - from + 1, 0)
  const lines = [
    ...columns([head, ...partitions.flatMap(rowsOf)]),
    ...partitions.flatMap(untoldOf),
    ...unaudited.map(store => `${store} was not looked at: the group ${topic}-${store} has no commit`),
    ...findings.flatMap(printedFinding),
    ...(unnamed > 0 ? [`… and ${unnamed} more: --partition, --from-offset and --to-offset name them`] : []),
    `${verdict(found, looked)}: ${looked} offsets of ${topic} were looked for`,
  ]
  return `${lines.join('\n')}\n`
}

function verdict(found: number, looked: number): string {
  if (found > 0) return `${found} mismatches`
  return looked > 0 ? 'Nothing is missing' : 'Nothing has been committed yet'
}

function rowsOf(report: PartitionReport): string[][] {
  return auditedStores.flatMap(store => {
    const one = report[store]
    if (!one) return []
    const { from, to, stored, explained, dropped, missing, doubled } = one
    return [[nameOf(report), store, from, to, stored, explained, dropped, missing, doubled].map(String)]
  })
}

function untoldOf(report: PartitionReport): string[] {
  const count = report.elasticsearch?.untold ?? 0
  if (count === 0) return []
  return [
    `partition ${nameOf(report)}: ${count} of the explained were refused by elasticsearch or are missing there: the topic and the dead letters of that time are gone`,
  ]
}

function printedFinding({ kind, store, topic, events, ...finding }: Finding): string[] {
  const { from, to, advice } = finding
  const what = { missing: `missing in ${store}`, doubled: `doubled in ${store}`, lost: 'lost by the topic' }[kind]
  const place = `${what}: ${topic}/${nameOf(finding)}`
  const whole =
    events.length === 0
      ? [`${place} offsets ${from} to ${to}: ${store} has committed them, but the topic ends before`]
      : []
  const lines = events.slice(0, shownEvents).map(({ offset, eventId }) => {
    const event = eventId === undefined ? '' : ` event ${printable(eventId)}`
    return `${place} offset ${offset}${event}`
  })
  const left = to - from + 1 - lines.length
  const more = events.length > 0 && left > 0 ? [`${place} … and ${left} more, to offset ${to}`] : []
  return [...whole, ...lines, ...more, `  → ${advice}`]
}

function nameOf({ partition, generation }: { partition: number; generation: number }): string {
  return generation > 1 ? `${partition} (generation ${generation})` : String(partition)
}
