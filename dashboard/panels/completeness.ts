import type { DuckDBConnection } from '@duckdb/node-api'
import type { CompletenessAnswer } from '../answers.ts'

const partition = 'topic, generation, partition'

/** Each landed row stands for its offset and for those that it says were skipped before it. */
const rows = `SELECT kafka.topic AS topic, coalesce(kafka.generation, 1) AS generation, kafka.partition AS partition,
    kafka.offset AS last, coalesce(kafka.skipped, 0) AS skipped
  FROM events`

/**
 * The view `completeness`, without its sort of all offsets: 32 offsets of a partition make a block. One whose rows stand for neighbouring offsets,
 * each for others, is one run, and so is each offset of the other blocks and of a partition's first one; only the runs are sorted.
 */
const query = `WITH blocks AS MATERIALIZED (
    SELECT ${partition}, last // 32 AS block, count(*) AS landed, sum(skipped) AS skipped, min(last - skipped) AS first, max(last) AS last,
      bit_count(bit_or(CASE WHEN last % 32 >= skipped
        THEN ((1::UBIGINT << (skipped + 1)::UBIGINT) - 1) << (last % 32 - skipped)::UBIGINT END)) AS covered
    FROM (${rows}) GROUP BY ${partition}, block
  ), judged AS MATERIALIZED (
    SELECT *, (landed + skipped = covered AND covered = last - first + 1
      AND block > min(block) OVER (PARTITION BY ${partition})) IS TRUE AS whole
    FROM blocks
  ), runs AS (
    SELECT ${partition}, first, last, landed, skipped, 0 AS doubled FROM judged WHERE whole
    UNION ALL
    SELECT ${partition}, last - max(skipped), last, count(*), max(skipped), count(*) - 1
    FROM (${rows}) row SEMI JOIN (SELECT * FROM judged WHERE NOT whole) ragged
      ON row.topic IS NOT DISTINCT FROM ragged.topic AND row.generation = ragged.generation
        AND row.partition IS NOT DISTINCT FROM ragged.partition AND row.last // 32 = ragged.block
    GROUP BY ${partition}, last
  )
  SELECT ${partition}, sum(landed) AS landed, sum(CASE WHEN previous IS NULL THEN 0 ELSE skipped END) AS skipped,
    sum(greatest(coalesce(first - previous - 1, 0), 0)) AS missing, sum(doubled) AS doubled
  FROM (SELECT *, lag(last) OVER (PARTITION BY ${partition} ORDER BY last) AS previous FROM runs)
  GROUP BY ${partition} ORDER BY ${partition}`

/** Whether every offset of the topic is here, once: what the view of that name says. It reads everything that has landed. */
export async function readCompleteness(connection: DuckDBConnection): Promise<CompletenessAnswer> {
  const reader = await connection.runAndReadAll(query)
  return {
    partitions: reader.getRowObjects().map(row => ({
      topic: String(row['topic']),
      generation: Number(row['generation']),
      partition: Number(row['partition']),
      landed: Number(row['landed']),
      skipped: Number(row['skipped']),
      missing: Number(row['missing']),
      doubled: Number(row['doubled']),
    })),
  }
}
