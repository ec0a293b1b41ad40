import type { Bounds, Committed, TopicReader } from '../topic/topic.ts'
import { PartitionHalted, type Sink } from './sink.ts'
import { untilAborted } from './until-aborted.ts'

export interface Located {
  committed: Committed | undefined
  bounds: Bounds
  /** Where to read from. */
  from: number
}

/**
 * Starts the sink's partition with what the log says of it. Rejects with the signal's reason when it aborts, with what the
 * sink throws, and with {@link PartitionHalted} only if bounds that were asked for again make it halt as well.
 */
export async function locate(
  partition: number,
  { reader, sink, signal }: { reader: TopicReader; sink: Sink; signal: AbortSignal },
): Promise<Located> {
  async function once(): Promise<Located> {
    const answers = Promise.all([reader.committed(partition), reader.bounds(partition)])
    const [committed, bounds] = await untilAborted(answers, signal)
    const from = await sink.start(partition, { ...bounds, committed }, signal)
    signal.throwIfAborted()
    return { committed, bounds, from }
  }
  try {
    return await once()
  } catch (error) {
    signal.throwIfAborted()
    // The sink may have waited for its storage, while others landed beyond the bounds that were read before.
    if (error instanceof PartitionHalted) return once()
    throw error
  }
}
