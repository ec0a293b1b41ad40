/** What is known of one partition when old records are to go. */
export interface RetentionState {
  low: number
  next: number
  /** Stored bytes of the partition. */
  bytes: number
  /** The lowest `next` that a registered group committed; `Infinity` without groups. */
  committed: number
}

/** The limits of one partition. */
export interface RetentionLimits {
  retentionMs: number
  retentionBytes: number
  /** Most records that one call gives up, to keep a transaction short. */
  maxRecords: number
}

/**
 * The new low offset: records go from the oldest on while they are older than `retentionMs` or the partition weighs more than
 * `retentionBytes`, but never beyond what every group has committed.
 */
export function retainFrom(
  state: RetentionState,
  limits: RetentionLimits,
  nowMs: number,
  recordAt: (offset: number) => { timestampMs: number; bytes: number },
): { low: number; bytes: number } {
  let { low, bytes } = state
  const stop = Math.min(state.next, state.committed, state.low + limits.maxRecords)
  while (low < stop) {
    const record = recordAt(low)
    if (record.timestampMs >= nowMs - limits.retentionMs && bytes <= limits.retentionBytes) break
    bytes = Math.max(0, bytes - record.bytes)
    low += 1
  }
  return { low, bytes }
}
