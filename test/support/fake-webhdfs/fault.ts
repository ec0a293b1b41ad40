import { type Random, seeded } from '../../fuzz/random.ts'

/** What one call gets instead of being carried out and answered. */
export type WebHdfsFault =
  /** A refusal: this exception, or this answer. */
  | { exception: string }
  | { status: number; body: string; headers?: Record<string, string> }
  /** Carried out, but only after so long. */
  | { delayMs: number }
  /** The connection breaks: nothing was done. */
  | 'reset'
  /** The connection breaks: it was done. */
  | 'lost'
  /** The connection breaks: it is done 50 ms later. */
  | 'late'
  /** Never answered, never done. */
  | 'hang'
  /** An upload keeps half of its bytes, a download sends half; answered as if all were well. */
  | 'short'
  /** An upload is cut in the middle: a closed file with half of its bytes stays, no answer. */
  | 'cut'
  /** The DataNode dies in mid-upload: an empty file stays, no answer. */
  | 'killed'
  /** A listing as it was before the file that came last. */
  | 'stale'
  /** An answer that ends in the middle, after its 200. */
  | 'broken off'

const retriable = { exception: 'RetriableException' }
const standby = { exception: 'StandbyException' }
const noDataNode = { exception: 'IOException' }
const quotas = [{ exception: 'DSQuotaExceededException' }, { exception: 'NSQuotaExceededException' }]
const slow = { delayMs: 30 }

/** What may happen to which operation; `dn:` is the DataNode's half. */
export const possibleFaults: Readonly<Record<string, readonly WebHdfsFault[]>> = {
  CREATE: ['reset', 'hang', retriable, standby, noDataNode],
  'dn:CREATE': ['reset', 'lost', 'late', 'hang', 'short', 'cut', 'killed', standby, noDataNode, slow, ...quotas],
  OPEN: ['reset', 'hang', retriable, standby],
  'dn:OPEN': ['reset', 'hang', 'short', slow],
  GETFILESTATUS: ['reset', 'hang', retriable, standby, 'broken off'],
  LISTSTATUS: ['reset', 'hang', retriable, standby, 'stale', 'broken off', slow],
  MKDIRS: ['reset', 'lost', 'hang', retriable, standby, ...quotas],
  RENAME: ['reset', 'lost', 'late', 'hang', retriable, standby, slow, ...quotas],
  DELETE: ['reset', 'lost', 'hang', retriable],
}

/** Says for each call of an operation whether it fails, and how. */
export interface FaultPlan {
  next(op: string): WebHdfsFault | undefined
  readonly random: Random
}

/** The same seed and the same calls in the same order give the same faults; `rate` of the calls fail (0 … 1). */
export function createFaultPlan(seed: number, rate: number): FaultPlan {
  const random = seeded(seed)
  return {
    random,
    next: op => (random.below(10_000) < rate * 10_000 ? random.pick(possibleFaults[op] ?? ['reset']) : undefined),
  }
}

/** For counting: a fault in a word. */
export function nameOf(fault: WebHdfsFault): string {
  if (typeof fault === 'string') return fault
  if ('exception' in fault) return fault.exception
  return 'status' in fault ? `HTTP ${fault.status}` : 'slow'
}
