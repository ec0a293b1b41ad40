/** A visit without an id of its own ends after so many seconds in which nothing happened. */
export const idleSeconds = 1_800

/** A row for each visit in `events`, bots left out. The condition on `visit` holds for every row: without it Hive 2.3 merges the windows below with those above, and fails. */
export function sessionsQuery(events: string): string {
  const order = 'happened_at, tab_sequence, event_id'
  return `SELECT
  visit AS session_id,
  site,
  min(visitor) AS visitor,
  min(happened_at) AS began_at,
  max(happened_at) AS ended_at,
  max(happened_s) - min(happened_s) AS duration_s,
  count(*) AS events,
  sum(CASE WHEN action = 'page_view' THEN 1 ELSE 0 END) AS views,
  min(CASE WHEN action = 'page_view' AND from_first = 1 THEN path END) AS entry_page,
  min(CASE WHEN action = 'page_view' AND from_last = 1 THEN path END) AS exit_page,
  count(*) = 1 AND min(action) = 'page_view' AS bounce,
  min(happened_dt) AS dt
FROM (
  SELECT
    v.*,
    row_number() OVER (PARTITION BY site, visit, action ORDER BY ${order}) AS from_first,
    row_number() OVER (PARTITION BY site, visit, action ORDER BY ${order.replaceAll(',', ' DESC,')} DESC) AS from_last
  FROM (
    SELECT
      p.*,
      coalesce(session_id, concat(who, '-', cast(sum(begins) OVER (PARTITION BY site, who ORDER BY ${order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS string))) AS visit
    FROM (
      SELECT
        d.*,
        CASE WHEN happened_s - lag(happened_s) OVER (PARTITION BY site, who ORDER BY ${order}) <= ${idleSeconds} THEN 0 ELSE 1 END AS begins
      FROM (SELECT e.*, coalesce(session_id, visitor, tab_id) AS who FROM ${events} e WHERE NOT bot) d
    ) p
  ) v
  WHERE visit IS NOT NULL
) ordered
GROUP BY site, visit`
}
