import { lossQuery } from '../../deploy/hive/loss.ts'
import { duckDbDialect } from '../../deploy/hive/views.ts'
import type { LossAnswer } from '../answers.ts'
import type { Selection } from '../api.ts'
import { beginOf } from '../buckets.ts'
import type { Selected } from './rows.ts'

/** A tab counts for 24 hours, and a browser's clock may be a little behind. */
const tabLength = 'INTERVAL 25 HOUR'
const shownHours = 1_000
const hourMs = 3_600_000
const counts = ['expected', 'arrived', 'missing', 'late', 'copies', 'given_up'] as const

/**
 * The view `loss` for the hours of a selection, the latest first. Only what the tabs of those hours did is read, which is the same
 * as reading all: a tab is made anew after a day. Bots count, as their events are numbered like any others.
 */
export async function readLoss({ rows, span }: Selected, selection: Selection): Promise<LossAnswer> {
  const fromMs = beginOf(selection, span)
  const conditions = [`happened_at >= $since - ${tabLength}`]
  if (span.untilMs !== undefined) conditions.push(`happened_at < $until + ${tabLength}`)
  if (selection.site !== undefined) conditions.push('site = $site')
  const read = `SELECT * FROM event_rows WHERE ${conditions.join(' AND ')}`
  const told = `${read} AND action = 'events_dropped'
    QUALIFY row_number() OVER (PARTITION BY event_id ORDER BY kafka_generation, kafka_partition, kafka_offset) = 1`
  const query = lossQuery(view => `(${view === 'event_rows' ? read : told})`, duckDbDialect.eachNumber)
  const until = span.untilMs === undefined ? '' : `AND concat(dt, hr) <= '${hourText(span.untilMs - 1)}'`
  const found = await rows(
    `SELECT * FROM (${query}) WHERE concat(dt, hr) >= '${hourText(fromMs)}' ${until} ORDER BY dt DESC, hr DESC, site`,
  )
  const hours = found.map(row => ({
    fromMs: Date.parse(`${row['dt']}T${row['hr']}:00:00Z`),
    site: String(row['site']),
    expected: Number(row['expected']),
    arrived: Number(row['arrived']),
    missing: Number(row['missing']),
    late: Number(row['late']),
    copies: Number(row['copies']),
    givenUp: Number(row['given_up']),
  }))
  const sum = (name: (typeof counts)[number]) => found.reduce((all, row) => all + Number(row[name]), 0)
  return {
    fromMs: Math.floor(fromMs / hourMs) * hourMs,
    untilMs: span.untilMs === undefined ? null : Math.ceil(span.untilMs / hourMs) * hourMs,
    totals: {
      expected: sum('expected'),
      arrived: sum('arrived'),
      missing: sum('missing'),
      late: sum('late'),
      copies: sum('copies'),
      givenUp: sum('given_up'),
    },
    hours: hours.slice(0, shownHours),
  }
}

/** An hour as the view writes it: `2026-11-2102`, in UTC. */
function hourText(timeMs: number): string {
  const text = new Date(timeMs).toISOString()
  return `${text.slice(0, 10)}${text.slice(11, 13)}`
}
