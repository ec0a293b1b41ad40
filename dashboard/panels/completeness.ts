import type { DuckDBConnection } from '@duckdb/node-api'
import type { CompletenessAnswer } from '../answers.ts'

/** Whether every offset of the topic is here, once: the view of that name. It reads everything that has landed. */
export async function readCompleteness(connection: DuckDBConnection): Promise<CompletenessAnswer> {
  const reader = await connection.runAndReadAll(
    'SELECT * FROM completeness ORDER BY kafka_topic, kafka_generation, kafka_partition',
  )
  return {
    partitions: reader.getRowObjects().map(row => ({
      topic: String(row['kafka_topic']),
      generation: Number(row['kafka_generation']),
      partition: Number(row['kafka_partition']),
      landed: Number(row['landed']),
      skipped: Number(row['skipped']),
      missing: Number(row['missing']),
      doubled: Number(row['doubled']),
    })),
  }
}
