import type { Logger } from 'pino'
import { type BackoffOptions, backoffMs, wait } from '../backoff.ts'
import type { Rejected, RejectReason } from '../sink.ts'
import type { Bulk, BulkEntry, LogPlace } from './bulk.ts'
import type { InFlight } from './in-flight.ts'
import { type ItemAnswer, isCrowded, itemOutcome, type RequestFailure } from './outcome.ts'

export interface LandOptions {
  bulk: Bulk
  inFlight: InFlight
  place: LogPlace
  logger: Logger
  backoff: BackoffOptions
  signal: AbortSignal
  /** Whether a bulk of which most is refused waits for a repaired mapping; else those are in `rejected` at once. */
  waitForMapping: boolean
}

export interface Landed {
  created: number
  /** Were there already from the same offset. */
  redelivered: number
  /** Other copies of an event that is there. */
  copies: number
  rejected: Rejected[]
}

/** Elasticsearch refuses us as such: credentials, rights, or it is something else. Only an operator helps. */
export class ElasticsearchRefused extends Error {
  override readonly name = 'ElasticsearchRefused'
}

/** So many refusals, and at least this share of a bulk, are a broken mapping and not broken records. */
const floodRecords = 20
const floodShare = 0.5
/** A bulk that has no room though it is the only one is halved down to this many documents. */
const smallestBulk = 64

/**
 * Lands every entry: when this resolves each is stored, was stored before, or is in `rejected`. Documents that were refused
 * for a while are sent again with full jitter, those alone, for as long as it takes; a bulk that is too large is halved.
 * Throws {@link ElasticsearchRefused}, and the signal's reason when it aborts.
 */
export async function land(entries: readonly BulkEntry[], options: LandOptions): Promise<Landed> {
  const { signal, logger, backoff } = options
  const landed: Landed = { created: 0, redelivered: 0, copies: 0, rejected: [] }
  const queue: (readonly BulkEntry[])[] = entries.length > 0 ? [entries] : []
  /** What single documents got as 400 for the whole request. */
  const alone: string[] = []
  let attempt = 0
  for (let chunk = queue.shift(); chunk; chunk = queue.shift()) {
    signal.throwIfAborted()
    const { answer, lone } = await create(chunk, options)
    const answered = !('outcome' in answer)
    const stored = landed.created
    let again = answered ? await settle(chunk, answer, landed, options) : afterFailure(chunk, answer, landed, lone)
    if (!answered && !again && answer.statusCode === 400) alone.push(answer.message)
    if (queue.length === 0 && entries.length > 1 && alone.length === entries.length && new Set(alone).size === 1) {
      // Each alone refused in the same words: that is no matter of single documents.
      again = { chunks: [entries], pause: alone[0] }
      landed.rejected = []
      alone.length = 0
    }
    if (!again) {
      if (answered) attempt = 0
      continue
    }
    queue.unshift(...again.chunks)
    if (!again.pause) continue
    if (landed.created > stored) attempt = 0
    logger.warn({ attempt, records: again.chunks.flat().length, why: again.pause }, 'elasticsearch refused documents')
    await wait(backoffMs(attempt++, backoff), signal)
  }
  signal.throwIfAborted()
  return landed
}

/** One bulk, when its turn has come. `lone`: no other was allowed beside it. */
async function create(chunk: readonly BulkEntry[], { bulk, inFlight, place, signal }: LandOptions) {
  const slot = await inFlight.enter(signal)
  const lone = inFlight.limit === 1
  let outcome: 'taken' | 'crowded' = 'taken'
  try {
    const answer = await bulk.create(chunk, place, signal)
    if (isCrowded(answer)) outcome = 'crowded'
    return { answer, lone }
  } finally {
    slot.leave(outcome)
  }
}

interface Again {
  chunks: (readonly BulkEntry[])[]
  /** Why to wait before; undefined: at once. */
  pause: string | undefined
}

/** The bulk failed as a whole. */
function afterFailure(
  chunk: readonly BulkEntry[],
  failure: RequestFailure,
  landed: Landed,
  lone: boolean,
): Again | undefined {
  const { outcome, statusCode, message } = failure
  if (outcome === 'stop') throw new ElasticsearchRefused(`bulk: ${message}`)
  const [only] = chunk
  if (outcome === 'split' && chunk.length === 1 && only) {
    landed.rejected.push(reject(only, statusCode === 413 ? 'too_large' : 'mapping', message))
    const taken = landed.created + landed.redelivered + landed.copies
    // Request after request refused, and none taken: that is no matter of single documents.
    if (taken === 0 && landed.rejected.length >= floodRecords) throw new ElasticsearchRefused(`bulk: ${message}`)
    return undefined
  }
  if (outcome === 'split') return { chunks: halves(chunk), pause: undefined }
  const crowded = statusCode === 429 && lone && chunk.length > smallestBulk
  return { chunks: crowded ? halves(chunk) : [chunk], pause: message }
}

/** The bulk was answered, document by document. */
async function settle(
  chunk: readonly BulkEntry[],
  answers: readonly ItemAnswer[],
  landed: Landed,
  options: LandOptions,
): Promise<Again | undefined> {
  const again: BulkEntry[] = []
  const refused: Rejected[] = []
  /** What may be there already: in an index that takes nothing a create is refused for that, before it is for the id. */
  const known: BulkEntry[] = []
  const refusedEntries: BulkEntry[] = []
  let pause: string | undefined
  chunk.forEach((entry, position) => {
    const answer = answers[position] ?? { status: 503 }
    const why = `${answer.status} ${answer.error?.type ?? ''}: ${answer.error?.reason ?? ''}`
    const outcome = itemOutcome(answer)
    if (outcome === 'created') landed.created++
    else if (outcome === 'conflict') known.push(entry)
    else if (outcome === 'stop') throw new ElasticsearchRefused(`create in ${entry.index}: ${why}`)
    else if (outcome === 'retry') {
      if (answer.status === 403) known.push(entry)
      else again.push(entry)
      pause ??= why
    } else {
      refusedEntries.push(entry)
      refused.push(reject(entry, answer.status === 413 ? 'too_large' : 'mapping', why))
    }
  })
  const flood = options.waitForMapping && refused.length >= floodRecords && refused.length >= chunk.length * floodShare
  if (flood) {
    again.push(...refusedEntries)
    pause = refused[0]?.message ?? pause
    options.logger.error(
      { ...options.place, records: refused.length, of: chunk.length, why: pause },
      'most of a bulk is refused: the mapping is broken? The partition waits instead of filling the dead letters. Repair it: clicktrail elasticsearch setup',
    )
  } else landed.rejected.push(...refused)
  if (known.length > 0) {
    const unsettled = await lookAt(known, landed, options)
    again.push(...unsettled.entries)
    pause ??= unsettled.why
  }
  if (again.length === 0) return undefined
  again.sort((a, b) => a.record.offset - b.record.offset)
  return { chunks: [again], pause: pause ?? 'documents went missing' }
}

/** Tells redeliveries and copies from conflicts. What is missing or could not be looked at is to be created again. */
async function lookAt(
  known: readonly BulkEntry[],
  landed: Landed,
  { bulk, place, signal, logger }: LandOptions,
): Promise<{ entries: readonly BulkEntry[]; why: string | undefined }> {
  const kinds = await bulk.compare(known, place, signal)
  if (!Array.isArray(kinds)) {
    if (kinds.outcome === 'stop') throw new ElasticsearchRefused(`mget: ${kinds.message}`)
    return { entries: known, why: kinds.message }
  }
  const missing: BulkEntry[] = []
  known.forEach((entry, position) => {
    const kind = kinds[position] ?? 'missing'
    if (kind === 'redelivery') landed.redelivered++
    else if (kind === 'copy') landed.copies++
    else if (kind === 'missing') missing.push(entry)
    else {
      logger.error({ ...place, offset: entry.record.offset, id: entry.id }, 'another event has this id')
      landed.rejected.push(reject(entry, 'conflict', `another event has the id ${entry.id} in ${entry.index}`))
    }
  })
  return { entries: missing, why: undefined }
}

function reject(entry: BulkEntry, reason: RejectReason, message: string): Rejected {
  return { record: entry.record, reason, message }
}

function halves(chunk: readonly BulkEntry[]): (readonly BulkEntry[])[] {
  const middle = Math.ceil(chunk.length / 2)
  return [chunk.slice(0, middle), chunk.slice(middle)]
}
