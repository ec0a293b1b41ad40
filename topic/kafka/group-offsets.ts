import type { Bounds, Committed } from '../topic.ts'
import type { AdminSession } from './admin-session.ts'

/** What the brokers know of a topic's offsets, by partition. All reject with a {@link TopicError}. */
export interface GroupOffsets {
  bounds(): Promise<Map<number, Bounds>>
  /** Partitions without a commit are absent. */
  committed(): Promise<Map<number, Committed>>
  /** First offset at or after the time in ms; the end of the log if none. */
  at(timeMs: number): Promise<Map<number, number>>
}

export function groupOffsets(session: AdminSession, topic: string, group: string): GroupOffsets {
  return {
    async bounds() {
      const offsets = await session.run(`bounds of ${topic}`, admin => admin.fetchTopicOffsets(topic))
      return new Map(offsets.map(({ partition, low, high }) => [partition, { low: Number(low), high: Number(high) }]))
    },
    async committed() {
      const answers = await session.run(`commits of ${group}`, admin =>
        admin.fetchOffsets({ groupId: group, topics: [topic] }),
      )
      const partitions = answers.find(answer => answer.topic === topic)?.partitions ?? []
      return new Map(
        partitions
          .filter(({ offset }) => Number(offset) >= 0)
          .map(({ partition, offset, metadata }) => [partition, { next: Number(offset), metadata: metadata ?? '' }]),
      )
    },
    async at(timeMs) {
      const offsets = await session.run(`offsets by time of ${topic}`, admin =>
        admin.fetchTopicOffsetsByTimestamp(topic, Math.max(0, timeMs)),
      )
      return new Map(offsets.map(({ partition, offset }) => [partition, Number(offset)]))
    },
  }
}
