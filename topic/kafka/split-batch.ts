import type { TopicRecord } from '../topic.ts'

/** A batch's own bytes (61, KIP-98) and then some. */
const batchOverhead = 128
/** Most bytes of a record's framing: five varints and an attribute byte. */
const recordOverhead = 32
const headerOverhead = 10

/** An upper bound of what one record weighs in a batch (record batch v2, uncompressed). */
export function recordBytes({ value, headers }: TopicRecord): number {
  let bytes = recordOverhead + value.byteLength
  if (headers) {
    for (const [name, text] of Object.entries(headers)) {
      bytes += headerOverhead + Buffer.byteLength(name) + Buffer.byteLength(text)
    }
  }
  return bytes
}

/** Largest value without headers that fits a topic of this `max.message.bytes`. */
export function maxValueBytes(maxMessageBytes: number): number {
  return maxMessageBytes - batchOverhead - recordOverhead
}

/**
 * Cuts records into runs that are each below `maxMessageBytes` and `maxRecords`; their order and number stay. A record that is too
 * large by itself makes a run of its own: what becomes of it is the broker's word.
 */
export function splitBatch<T extends TopicRecord>(
  records: readonly T[],
  { maxMessageBytes, maxRecords }: { maxMessageBytes: number; maxRecords: number },
): T[][] {
  const runs: T[][] = []
  let run: T[] = []
  let bytes = batchOverhead
  for (const record of records) {
    const size = recordBytes(record)
    if (run.length > 0 && (bytes + size > maxMessageBytes || run.length >= maxRecords)) {
      runs.push(run)
      run = []
      bytes = batchOverhead
    }
    run.push(record)
    bytes += size
  }
  if (run.length > 0) runs.push(run)
  return runs
}
