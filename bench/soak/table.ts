import type { Arrived } from './arrived.ts'
import type { Looks } from './looks.ts'

/** Where a soak stands. */
export interface Standing {
  minutes: number
  acknowledged: number
  /** Offsets that the writers have committed; undefined while the broker does not answer. */
  landed: number | undefined
  searchable: number | undefined
  /** Kills, suspensions and second writers so far. */
  troubles: number
  looks: Looks
}

/** What a soak came to. */
export interface Outcome {
  minutes: number
  seed: number
  acknowledged: number
  refused: number
  resent: number
  /** How often a batch had to be posted again, by what the collector answered. */
  delays: ReadonlyMap<string, number>
  /** How often each kind of trouble was made. */
  troubles: ReadonlyMap<string, number>
  looks: Looks
  /** Audits of everything from the beginning on, the last one included. */
  fullAudits: number
  falseAlarms: number
  arrived: readonly Arrived[]
  /** The most that each process had resident, MiB. */
  peakMiB: ReadonlyMap<string, number>
  /** Answers of /metrics that were checked, and by what. */
  checked: number
  checkedBy: string
}

const text = (count: number | undefined) => count?.toLocaleString('en') ?? '?'

/** One line. */
export function progressOf({ minutes, acknowledged, landed, searchable, troubles, looks }: Standing): string {
  const { clean, unanswered, alarms } = looks
  return `${minutes.toFixed(1).padStart(5)} min  acknowledged ${text(acknowledged)}  landed ${text(landed)}  in Elasticsearch ${text(searchable)}  troubles ${troubles}  audits: ${clean} clean, ${unanswered} without an answer, ${alarms} false alarms`
}

/** A Markdown table of two columns. */
export function tableOf(outcome: Outcome): string {
  const { looks, arrived } = outcome
  const each = (count: (one: Arrived) => number) =>
    arrived.map(one => `${text(count(one))} in ${one.storage}`).join(', ')
  const kinds = [...outcome.troubles].toSorted(([a], [b]) => a.localeCompare(b))
  const rows: [string, string][] = [
    ['minutes, seed', `${outcome.minutes}, ${outcome.seed}`],
    ['events acknowledged', text(outcome.acknowledged)],
    ['events refused, batches sent again', `${text(outcome.refused)}, ${text(outcome.resent)}`],
    ...[...outcome.delays].map(([answer, times]): [string, string] => [`posted again: ${answer}`, text(times)]),
    ...kinds.map(([name, times]): [string, string] => [name, text(times)]),
    ['audits while it ran', text(looks.clean + looks.alarms + looks.unanswered)],
    ['of these without an answer', text(looks.unanswered)],
    ['slowest of these, seconds', looks.slowestSeconds.toFixed(1)],
    ['audits of everything', text(outcome.fullAudits)],
    ['false alarms', text(outcome.falseAlarms)],
    ['there', each(({ events }) => events)],
    ['lost', each(({ lost }) => lost.length)],
    ['doubled', each(({ doubled }) => doubled.length)],
    ['unknown', each(({ unknown }) => unknown.length)],
    ['/metrics checked', `${text(outcome.checked)}, by ${outcome.checkedBy}`],
    ...[...outcome.peakMiB].map(([name, mib]): [string, string] => [`${name}, most MiB`, mib.toFixed(0)]),
  ]
  return ['| soak | |', '|---|---:|', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n')
}
