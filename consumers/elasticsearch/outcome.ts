import { errors } from '@elastic/elasticsearch'

/** What became of one document, or of a whole bulk. */
export const outcomes = [
  /** It is stored. */
  'created',
  /** The `_id` is there already: to be looked at. */
  'conflict',
  /** Passes: no room, a block, no shard, no node. */
  'retry',
  /** This document will never be taken. */
  'reject',
  /** The request is too large, or one document in it spoils the others. */
  'split',
  /** Wrong credentials, no right, no Elasticsearch: only an operator helps. */
  'stop',
] as const
export type Outcome = (typeof outcomes)[number]

export interface ItemAnswer {
  status: number
  error?: { type: string; reason: string } | undefined
}

/** 400s that are about the cluster, not about the document: too many shards, for example. */
const passing400 = new Set(['validation_exception', 'index_closed_exception'])

/** One item of a bulk answer. Flood stage is a 429 `cluster_block_exception`, a write block a 403 one: both pass. */
export function itemOutcome({ status, error }: ItemAnswer): Outcome {
  if (status >= 200 && status < 300) return 'created'
  if (status === 409) return 'conflict'
  if (status === 429 || status >= 500 || error?.type === 'cluster_block_exception') return 'retry'
  if (status === 401 || status === 403) return 'stop'
  // An index that is missing and may not be made by a write: for an operator, who then has it taken.
  if (status === 404 || (status === 400 && error && passing400.has(error.type))) return 'retry'
  return 'reject'
}

/** A bulk that failed as a whole. `statusCode` is undefined where no answer came: it may still have been carried out. */
export function requestOutcome(statusCode: number | undefined, errorType?: string): Outcome {
  if (statusCode === undefined || statusCode === 408 || statusCode === 429 || statusCode >= 500) return 'retry'
  if (errorType === 'cluster_block_exception') return 'retry'
  // A 400 that names no type isn't Elasticsearch's: a proxy's, which says nothing about the documents.
  if (statusCode === 400) return errorType === undefined ? 'retry' : 'split'
  if (statusCode === 413) return 'split'
  return 'stop'
}

export interface RequestFailure {
  outcome: Outcome
  statusCode: number | undefined
  /** For people. */
  message: string
}

/** Whether the server had no room for it, or for a part of it. */
export function isCrowded(answer: readonly ItemAnswer[] | RequestFailure): boolean {
  if (!('outcome' in answer)) return answer.some(({ status }) => status === 429 || status === 503)
  return answer.statusCode === 429 || answer.statusCode === 503
}

/** What a rejection of the client means. An abort is for the caller to see before. */
export function requestFailure(error: unknown): RequestFailure {
  if (error instanceof errors.ResponseError) {
    const { statusCode } = error
    const type = errorTypeOf(error.body)
    return { outcome: requestOutcome(statusCode, type), statusCode, message: `${statusCode ?? ''} ${error.message}` }
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const known =
    error instanceof errors.ConnectionError ||
    error instanceof errors.TimeoutError ||
    error instanceof errors.NoLivingConnectionsError ||
    error instanceof errors.DeserializationError
  return { outcome: known ? 'retry' : 'stop', statusCode: undefined, message }
}

function errorTypeOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('error' in body)) return undefined
  const { error } = body
  if (typeof error !== 'object' || error === null || !('type' in error)) return undefined
  return typeof error.type === 'string' ? error.type : undefined
}
