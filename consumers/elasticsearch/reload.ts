import type { GroupPosition, StoppedGroup } from '../../topic/stopped-group.ts'

/** A partition whose records are read again, from `next` up to and without `end`. */
export interface ReloadStep {
  partition: number
  next: number
  end: number
  /** Asked for, but no longer on the topic, `to` included. */
  gone: { from: number; to: number } | undefined
}

export interface ReloadPlan {
  back: ReloadStep[]
  /** Left as they are: the writer never goes forward over what it has not written. */
  stays: { partition: number; why: string }[]
}

/**
 * Where the writer goes back to in each partition, so that it reads again from the offset in `from` on, or from the oldest record
 * that is left. A partition that `from` does not name is not touched.
 */
export function planReload(
  positions: ReadonlyMap<number, GroupPosition>,
  from: ReadonlyMap<number, number>,
): ReloadPlan {
  const plan: ReloadPlan = { back: [], stays: [] }
  for (const [partition, { low, high, committed }] of positions) {
    const asked = from.get(partition)
    if (asked === undefined) continue
    const next = Math.max(low, asked)
    const why = whyStays(next, { low, high, committed })
    if (why !== undefined) plan.stays.push({ partition, why })
    else {
      const end = Math.min(high, committed?.next ?? high)
      plan.back.push({ partition, next, end, gone: asked < low ? { from: asked, to: low - 1 } : undefined })
    }
  }
  return plan
}

function whyStays(next: number, { low, high, committed }: GroupPosition): string | undefined {
  if (committed === undefined) return `the writer has not begun, and begins at offset ${low}`
  if (next >= committed.next) return `the writer has only got to offset ${committed.next}, and goes on from there`
  return next > high ? `the log ends at ${high}` : undefined
}

/**
 * Sets the group's commit of each step. Rejects with a {@link TopicError} when a writer runs: before anything is set, or, when one joined
 * meanwhile, after; the same again is safe.
 */
export async function reload(
  { back }: ReloadPlan,
  group: Pick<StoppedGroup, 'requireStopped' | 'commit'>,
): Promise<void> {
  await group.requireStopped()
  // Without the name of a record: that of another log, which the commit may have, is what halts a partition.
  for (const { partition, next } of back) await group.commit(partition, { next, metadata: '' })
  await group.requireStopped()
}
