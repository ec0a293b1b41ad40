import type { PartitionLane } from './lane.ts'

/** A pause ends when this share of the limit is left, so that partitions don't flap. */
const resumeShare = 0.8

/**
 * Keeps what all partitions hold together near `maxQueueBytes`: over it every partition is paused and the fullest is
 * flushed, one after the other, until there is room again. Nothing is dropped; a delivery under way may exceed it.
 * Call the returned function whenever a weight may have changed.
 */
export function createQueueLimit(lanes: () => Iterable<PartitionLane>, maxQueueBytes: number): () => void {
  let paused = false
  return () => {
    let total = 0
    let fullest: PartitionLane | undefined
    let fullestBytes = 0
    let flushing = false
    for (const lane of lanes()) {
      const bytes = lane.bytes()
      total += bytes
      flushing ||= lane.flushing()
      if (bytes > fullestBytes) {
        fullest = lane
        fullestBytes = bytes
      }
    }
    if (total >= maxQueueBytes) paused = true
    else if (paused && total < maxQueueBytes * resumeShare) {
      paused = false
      for (const lane of lanes()) lane.holds.remove('queue')
    }
    if (!paused) return
    for (const lane of lanes()) lane.holds.add('queue')
    if (!flushing) fullest?.force()
  }
}
