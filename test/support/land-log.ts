import { createHdfsSink, type HdfsSinkOptions } from '../../consumers/hdfs/sink.ts'
import type { LogRecord } from '../../topic/topic.ts'

/** Lands a whole log, partition by partition, with the sink that the writer runs. */
export async function landLog(log: readonly (readonly LogRecord[])[], options: HdfsSinkOptions): Promise<void> {
  const sink = createHdfsSink(options)
  const { signal } = new AbortController()
  for (const [partition, records] of log.entries()) {
    await sink.start(partition, { low: 0, high: records.length, committed: undefined }, signal)
    sink.add(partition, records, 0)
    while (sink.buffered(partition).records > 0) await sink.flush(partition, signal)
  }
  await sink.close()
}
