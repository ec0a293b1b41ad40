import { idleSeconds } from '../../deploy/hive/sessions.ts'
import { metrics, type OverviewAnswer } from '../answers.ts'
import { bucketOf, countsOf, type Row, type Selected } from './rows.ts'

const idleMs = idleSeconds * 1_000

/** Totals, their course, and what leads each list. Pages count `page_view` events, colors the property `color`. */
export async function readOverview(selected: Selected): Promise<OverviewAnswer> {
  const { rows, tally, where, span } = selected
  const figures = `count(*) AS events, count(DISTINCT "user".id) AS visitors,
    count(*) FILTER (event.action = 'page_view') AS views`
  const [total] = await rows(`SELECT ${figures} FROM events WHERE ${where}`)
  const course = await rows(`SELECT ${bucketOf(span)} AS bucket, ${figures} FROM events WHERE ${where} GROUP BY bucket`)
  const sessions = await rows(sessionsSql(selected))
  const sum = (all: readonly Row[]) => all.reduce((count, row) => count + Number(row['sessions']), 0)
  const counts = Object.fromEntries(
    metrics.map(metric => [metric, countsOf(metric === 'sessions' ? sessions : course, metric, span)]),
  )
  const of = (metric: string) => counts[metric] ?? []
  return {
    totals: {
      events: Number(total?.['events'] ?? 0),
      visitors: Number(total?.['visitors'] ?? 0),
      sessions: sum(sessions),
      views: Number(total?.['views'] ?? 0),
    },
    buckets: {
      fromMs: span.fromMs,
      bucketMs: span.bucketMs,
      counts: { events: of('events'), visitors: of('visitors'), sessions: of('sessions'), views: of('views') },
    },
    actions: await tally('event.action', { limit: 8 }),
    colors: await tally("properties['color']", { limit: 8, condition: "properties['color'] IS NOT NULL" }),
    pages: await tally("coalesce(url.path, '(no page)')", { limit: 8, condition: "event.action = 'page_view'" }),
    browsers: await tally("coalesce(user_agent.name, 'unknown')", { limit: 8 }),
  }
}

/**
 * Where sessions begin, by the rule of the view `sessions`: the browser's own, else a pause of more than half an hour ends one.
 * Rows of one half hour are first made one, as no such pause fits in, and who it was is told by 64 bits: a tenth of the work.
 */
function sessionsSql({ where, span }: Selected): string {
  return `SELECT ${bucketOf(span, 'first')} AS bucket, count(*) AS sessions
    FROM (
      SELECT own, first, lag(last) OVER (PARTITION BY own, who ORDER BY first) AS previous
      FROM (
        SELECT session.id IS NOT NULL AS own, hash(site, coalesce(session.id, "user".id, tab.id)) AS who,
          min(epoch_ms("@timestamp")) AS first, max(epoch_ms("@timestamp")) AS last
        FROM events WHERE ${where}
        GROUP BY own, who, epoch_ms("@timestamp") // ${idleMs}
      )
    )
    WHERE previous IS NULL OR (NOT own AND first // 1000 - previous // 1000 > ${idleSeconds})
    GROUP BY bucket`
}
