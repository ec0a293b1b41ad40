/** An event that took longer than this from the browser to the collector is late, seconds. */
export const lateAfterS = 60

/** Anybody can send an event. A tab's number is believed to stand so far above the one before it; one farther off stands for itself alone. */
export const believedStep = 100_000

/** What a browser's `events_dropped` calls that which the collector refused: an event by itself, or a batch by an HTTP status. */
const byCollector = "reason = 'rejected' OR substr(reason, 1, 5) = 'http_'"

/** Most that one number of an `events_dropped` event is believed, as the collector's metrics do. */
export const believedGivenUp = 10_000

/**
 * A row for each hour and site. Each event that came stands for itself and for the numbers of its tab that are missing
 * before it, so that the sum over all hours is what the tabs counted. `eachNumber` is the dialect's.
 */
export function lossQuery(nameOf: (view: string) => string, eachNumber: (rows: string) => string): string {
  const amount = `CASE WHEN amount > ${believedGivenUp} THEN ${believedGivenUp} ELSE amount END`
  const hour = 'concat(happened_dt, happened_hr)'
  return `SELECT
  substr(at_hour, 1, 10) AS dt,
  substr(at_hour, 11) AS hr,
  site,
  sum(expected) AS expected,
  sum(arrived) AS arrived,
  sum(expected - arrived) AS missing,
  sum(late) AS late,
  sum(passed_over) AS passed_over,
  sum(given_up) AS given_up,
  sum(refused) AS refused
FROM (
  SELECT
    at_hour,
    site,
    CASE WHEN step > ${believedStep} THEN 1 ELSE step END AS expected,
    1 AS arrived,
    CASE WHEN delay_s > ${lateAfterS} THEN 1 ELSE 0 END AS late,
    passed_over,
    0 AS given_up,
    0 AS refused
  FROM (
    SELECT
      n.*,
      tab_sequence - coalesce(lag(tab_sequence) OVER (PARTITION BY site, tab_id ORDER BY tab_sequence), 0) AS step
    FROM (
      SELECT
        site,
        tab_id,
        tab_sequence,
        min(${hour}) AS at_hour,
        min(delay_s) AS delay_s,
        count(*) - 1 + sum(kafka_skipped) AS passed_over
      FROM ${nameOf('event_rows')}
      GROUP BY site, tab_id, tab_sequence
    ) n
  ) numbers
  UNION ALL
  SELECT
    ${hour} AS at_hour,
    site,
    0 AS expected,
    0 AS arrived,
    0 AS late,
    0 AS passed_over,
    ${amount} AS given_up,
    CASE WHEN ${byCollector} THEN ${amount} ELSE 0 END AS refused
  FROM ${eachNumber(`(SELECT * FROM ${nameOf('events_distinct')} WHERE action = 'events_dropped')`)} told
  WHERE amount > 0
) counted
GROUP BY at_hour, site`
}
