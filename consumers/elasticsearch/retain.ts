import type { Client } from '@elastic/elasticsearch'
import { dayOfIndex, type StoredIndex } from './daily-index.ts'

const dayMs = 86_400_000

export interface IndexRetentionPlan {
  /** The oldest first. */
  drop: StoredIndex[]
  /** Indices that begin with our name and are not daily ones: nobody's business here. */
  strangers: string[]
}

/**
 * Which of the indices are daily ones of `<index>` and more than `days` before today, in UTC. Only a name that is exactly
 * `<index>-YYYY.MM.DD` is ours.
 */
export function planIndexRetention(
  indices: readonly StoredIndex[],
  { index, days, nowMs }: { index: string; days: number; nowMs: number },
): IndexRetentionPlan {
  const cutoffMs = Math.floor(nowMs / dayMs) * dayMs - days * dayMs
  const dated = indices.map(stored => ({ stored, beginMs: dayOfIndex(index, stored.name) }))
  return {
    drop: dated
      .filter(({ beginMs }) => beginMs !== undefined && beginMs < cutoffMs)
      .sort((a, b) => (a.beginMs ?? 0) - (b.beginMs ?? 0))
      .map(({ stored }) => stored),
    strangers: dated.filter(({ beginMs }) => beginMs === undefined).map(({ stored }) => stored.name),
  }
}

/**
 * Deletes the indices of a plan for good, each whole and by its full name, the oldest first. One that is gone already is
 * passed over. Rejects with the client's errors at the first that can't be deleted.
 */
export async function dropIndices(
  client: Client,
  plan: IndexRetentionPlan,
  onDropped: (index: StoredIndex) => void = () => {},
): Promise<void> {
  for (const stored of plan.drop) {
    await client.indices.delete({ index: stored.name }, { ignore: [404] })
    onDropped(stored)
  }
}
