import type { TopicReader } from '../topic/topic.ts'

/** Why a partition is not delivered just now. */
export type Hold = 'start' | 'intake' | 'dead-letters' | 'queue' | 'halted' | 'closing'

export interface Holds {
  add(reason: Hold): void
  remove(reason: Hold): void
}

/** Keeps a partition paused while there is at least one reason for it. Touches the reader no more once `signal` aborted. */
export function createHolds(reader: TopicReader, partition: number, signal: AbortSignal): Holds {
  const reasons = new Set<Hold>()
  return {
    add(reason) {
      if (reasons.size === 0 && !signal.aborted) reader.pause(partition)
      reasons.add(reason)
    },
    remove(reason) {
      if (reasons.delete(reason) && reasons.size === 0 && !signal.aborted) reader.resume(partition)
    },
  }
}
