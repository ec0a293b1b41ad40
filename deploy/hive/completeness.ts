/** A row for each partition and generation of `rows`, counted offset by offset, so that a row too many makes up for none too few. */
export function completenessQuery(rows: string): string {
  const partition = 'kafka_topic, kafka_generation, kafka_partition'
  return `SELECT
  ${partition},
  sum(times) AS landed,
  sum(passed) AS skipped,
  sum(CASE WHEN gone > passed THEN gone - passed ELSE 0 END) AS missing,
  sum(times - 1) AS doubled
FROM (
  SELECT
    o.*,
    coalesce(kafka_offset - previous - 1, 0) AS gone,
    CASE WHEN previous IS NULL THEN 0 ELSE skipped END AS passed
  FROM (
    SELECT
      c.*,
      lag(kafka_offset) OVER (PARTITION BY ${partition} ORDER BY kafka_offset) AS previous
    FROM (
      SELECT ${partition}, kafka_offset, count(*) AS times, max(kafka_skipped) AS skipped
      FROM ${rows}
      GROUP BY ${partition}, kafka_offset
    ) c
  ) o
) offsets
GROUP BY ${partition}`
}
