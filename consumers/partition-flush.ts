import type { Committed } from '../topic/topic.ts'
import type { Holds } from './holds.ts'
import type { LaneOptions } from './lane.ts'
import type { FlushOutcome } from './metrics.ts'
import type { Progress } from './progress.ts'
import type { Flushed, Rejected } from './sink.ts'
import { untilAborted } from './until-aborted.ts'

export interface PartitionFlushOptions
  extends Pick<LaneOptions, 'partition' | 'reader' | 'sink' | 'deadLetters' | 'logger' | 'metrics'> {
  signal: AbortSignal
  holds: Holds
  progress: Progress
}

/** What leaves a partition: to the storage, to the dead letters, and into the commit. Rejects when the signal aborts. */
export interface PartitionFlush {
  /** Resolves when these are in the dead letters, however long that takes: the partition is paused while their topic is away. */
  bury(letters: readonly Rejected[]): Promise<void>
  /** Makes durable what the sink is ready to land, buries what its storage refused, and commits. A commit that fails is only logged. Rejects with what the sink rejects with. */
  flush(): Promise<'landed' | 'lost'>
  /** `next`: after the last record that is durable; `committed`: by this one; both undefined before. */
  figures(): { next: number | undefined; committed: number | undefined; rejected: number }
}

export function createPartitionFlush(options: PartitionFlushOptions): PartitionFlush {
  const { partition, reader, sink, deadLetters, logger, metrics, signal, holds, progress } = options
  let next: number | undefined
  let committed: Committed | undefined
  let rejected = 0

  async function bury(letters: readonly Rejected[]): Promise<void> {
    await deadLetters.bury(letters, { partition, signal, onAway: () => holds.add('dead-letters') })
    rejected += letters.length
    for (const { reason } of letters) metrics.buried(reason)
    holds.remove('dead-letters')
  }

  async function commit(flushed: Flushed): Promise<void> {
    next = flushed.next
    if (committed?.next === next && committed.metadata === flushed.metadata) return
    try {
      await untilAborted(reader.commit(partition, flushed.next, flushed.metadata), signal)
      committed = { next, metadata: flushed.metadata }
      progress.committed()
    } catch (error) {
      signal.throwIfAborted()
      // The commit is a hint: what landed is known by the storage.
      logger.warn({ err: error, next: flushed.next }, 'commit failed')
    }
  }

  async function land(): Promise<Flushed | 'lost'> {
    const beganMs = performance.now()
    let outcome: FlushOutcome = 'failed'
    try {
      const flushed = await sink.flush(partition, signal)
      outcome = flushed === 'lost' ? 'lost' : 'landed'
      return flushed
    } finally {
      if (!signal.aborted) metrics.flushed(outcome, (performance.now() - beganMs) / 1_000)
    }
  }

  return {
    bury,
    async flush() {
      const flushed = await land()
      signal.throwIfAborted()
      if (flushed === 'lost') return 'lost'
      for (const seconds of progress.durable(flushed.next)) metrics.stored(seconds)
      if (flushed.rejected.length > 0) await bury(flushed.rejected)
      await commit(flushed)
      return 'landed'
    },
    figures: () => ({ next, committed: committed?.next, rejected }),
  }
}
