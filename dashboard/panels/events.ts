import type { EventsAnswer } from '../answers.ts'
import type { Selection } from '../api.ts'
import { bucketOf, countsOf, type Selected } from './rows.ts'

/** What happened, the properties of one action, and the values of one property. */
export async function readEvents(selected: Selected, chosen: Selection): Promise<EventsAnswer> {
  const { rows, tally, where, span } = selected
  const actions = await tally('event.action', { limit: 100 })
  const action = chosen.action ?? actions[0]?.name ?? null
  const names = { action: action ?? '' }
  const course = await rows(
    `SELECT ${bucketOf(span)} AS bucket, count(*) AS count FROM events WHERE ${where} AND event.action = $action GROUP BY bucket`,
    names,
  )
  const properties = (
    await rows(
      `SELECT pair.key AS name, count(*) AS count, count(DISTINCT pair.value) AS values
      FROM (SELECT unnest(map_entries(properties)) AS pair FROM events WHERE ${where} AND event.action = $action)
      GROUP BY name ORDER BY count DESC, name LIMIT 100`,
      names,
    )
  ).map(row => ({ name: String(row['name']), count: Number(row['count']), values: Number(row['values']) }))
  const property = chosen.property ?? properties[0]?.name ?? null
  return {
    actions,
    action,
    buckets: { fromMs: span.fromMs, bucketMs: span.bucketMs, counts: countsOf(course, 'count', span) },
    properties,
    property,
    ...(property === null ? { values: [], numbers: null } : await valuesOf(selected, { ...names, property })),
  }
}

async function valuesOf({ rows, tally, where }: Selected, names: { action: string; property: string }) {
  const value = 'properties[$property]'
  const condition = `event.action = $action AND ${value} IS NOT NULL`
  // Text such as 'inf' and 'nan' can be cast as well, but is no number to anyone.
  const [range] = await rows(
    `SELECT count(*) = count(number) AS numeric, min(number) AS least, avg(number) AS mean, max(number) AS most
    FROM (SELECT CASE WHEN isfinite(cast_value) THEN cast_value END AS number
      FROM (SELECT try_cast(${value} AS DOUBLE) AS cast_value FROM events WHERE ${where} AND ${condition}))`,
    names,
  )
  const numeric = range?.['numeric'] === true && range['least'] !== null && Number.isFinite(range['mean'])
  return {
    values: await tally(value, { limit: 30, condition, names }),
    numbers: numeric ? { min: Number(range['least']), mean: Number(range['mean']), max: Number(range['most']) } : null,
  }
}
