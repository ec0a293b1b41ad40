import { believedStep } from '../../deploy/hive/loss.ts'
import type { LossAnswer } from '../answers.ts'
import type { Selection } from '../api.ts'
import { beginOf } from '../buckets.ts'
import { type lossCounts, lossRows } from '../loss-view.ts'
import { unevenRows, unevenTabs } from '../uneven-tabs.ts'
import { type Row, type Selected, textOf } from './rows.ts'

/** A tab counts for 24 hours, and a browser's clock may be a little behind. */
const tabLength = 'INTERVAL 25 HOUR'
const shownHours = 1_000
const shownPages = 100
const hourMs = 3_600_000

/**
 * The view `loss` for the hours of a selection, the latest first. Only what the tabs of those hours did is read, which is the same
 * as reading all: a tab is made anew after a day. Bots count, as their events are numbered like any others. On the connection it
 * leaves the temporary tables `uneven` and `uneven_rows`.
 */
export async function readLoss({ rows, span }: Selected, selection: Selection): Promise<LossAnswer> {
  const fromMs = beginOf(selection, span)
  const conditions = [`"@timestamp" >= $since - ${tabLength}`]
  if (span.untilMs !== undefined) conditions.push(`"@timestamp" < $until + ${tabLength}`)
  if (selection.site !== undefined) conditions.push('site = $site')
  const where = conditions.join(' AND ')
  const until = span.untilMs === undefined ? '' : `AND at_hour <= '${hourText(span.untilMs - 1)}'`
  const chosen = `at_hour >= '${hourText(fromMs)}' ${until}`

  await rows(`CREATE OR REPLACE TEMP TABLE uneven AS ${unevenTabs(where)}`)
  await rows(`CREATE OR REPLACE TEMP TABLE uneven_rows AS ${unevenRows(where)}`)
  const found = await rows(`SELECT * FROM (SELECT concat(dt, hr) AS at_hour, * FROM (${lossRows(where)}))
    WHERE ${chosen} ORDER BY at_hour DESC, site`)
  const pages = await rows(pagesQuery(chosen))
  const sum = (name: (typeof lossCounts)[number]) => found.reduce((all, row) => all + Number(row[name]), 0)
  return {
    fromMs: Math.floor(fromMs / hourMs) * hourMs,
    untilMs: span.untilMs === undefined ? null : Math.ceil(span.untilMs / hourMs) * hourMs,
    totals: countsOf(sum),
    hours: found.slice(0, shownHours).map(row => ({
      fromMs: timeOf(row),
      site: String(row['site']),
      ...countsOf(name => Number(row[name])),
    })),
    pages: pages.map(row => ({
      site: String(row['site']),
      path: textOf(row['path']),
      missing: Number(row['missing']),
      lastHourMs: timeOf(row),
    })),
  }
}

/** Missing by page, by the rule of the view: before an event that came, unless its number is not believed. */
function pagesQuery(chosen: string): string {
  return `SELECT site, path, sum(step - 1) AS missing, max(at_hour) AS at_hour
    FROM (
      SELECT site, path, at_hour,
        tab_sequence - coalesce(lag(tab_sequence) OVER (PARTITION BY site, tab_id ORDER BY tab_sequence), 0) AS step
      FROM (
        SELECT site, tab_id, tab_sequence, min(path) AS path, min(concat(happened_dt, happened_hr)) AS at_hour
        FROM uneven_rows GROUP BY site, tab_id, tab_sequence
      )
    )
    WHERE step BETWEEN 2 AND ${believedStep} AND ${chosen}
    GROUP BY site, path ORDER BY missing DESC, site, path LIMIT ${shownPages}`
}

function countsOf(count: (name: (typeof lossCounts)[number]) => number) {
  return {
    expected: count('expected'),
    arrived: count('arrived'),
    missing: count('missing'),
    late: count('late'),
    passedOver: count('passed_over'),
    givenUp: count('given_up'),
    refused: count('refused'),
  }
}

/** An hour as the view writes it: `2026-11-2102`, in UTC. */
function hourText(timeMs: number): string {
  const text = new Date(timeMs).toISOString()
  return `${text.slice(0, 10)}${text.slice(11, 13)}`
}

/** The inverse of {@link hourText}. */
function timeOf({ at_hour: hour }: Row): number {
  return Date.parse(`${String(hour).slice(0, 10)}T${String(hour).slice(10)}:00:00Z`)
}
