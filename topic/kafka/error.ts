import { TopicError, type TopicErrorCode } from '../topic.ts'

/**
 * From the protocol's error (KafkaJSProtocolError.type) or kafkajs's own name to our code; anything else is `unavailable`.
 * kafkajs's `retriable` is not looked at: NumberOfRetriesExceeded says false for what passes.
 */
const codes: Readonly<Record<string, TopicErrorCode>> = {
  MESSAGE_TOO_LARGE: 'record_too_large',
  RECORD_LIST_TOO_LARGE: 'record_too_large',
  UNKNOWN_TOPIC_OR_PARTITION: 'topic_missing',
  INVALID_TOPIC_EXCEPTION: 'topic_missing',
  TOPIC_AUTHORIZATION_FAILED: 'unauthorized',
  GROUP_AUTHORIZATION_FAILED: 'unauthorized',
  CLUSTER_AUTHORIZATION_FAILED: 'unauthorized',
  SASL_AUTHENTICATION_FAILED: 'unauthorized',
  UNSUPPORTED_SASL_MECHANISM: 'unauthorized',
  KafkaJSSASLAuthenticationError: 'unauthorized',
  ILLEGAL_GENERATION: 'fenced',
  UNKNOWN_MEMBER_ID: 'fenced',
  REBALANCE_IN_PROGRESS: 'fenced',
  FENCED_INSTANCE_ID: 'fenced',
}

/** The error and all that it was caused by, outermost first. */
function chainOf(error: unknown): object[] {
  const chain: object[] = []
  const queue: unknown[] = [error]
  while (queue.length > 0 && chain.length < 20) {
    const next = queue.shift()
    if (typeof next !== 'object' || next === null || chain.includes(next)) continue
    chain.push(next)
    if ('cause' in next) queue.push(next.cause)
    if ('errors' in next && Array.isArray(next.errors)) queue.push(...next.errors)
  }
  return chain
}

/** The protocol's and kafkajs's names of an error and of all that it was caused by. */
function marksOf(error: unknown): string[] {
  return chainOf(error)
    .flatMap(link => ['type' in link ? link.type : undefined, 'name' in link ? link.name : undefined])
    .filter(mark => typeof mark === 'string')
}

/** Where another attempt may succeed once the leader is asked for again. Each may have left the records on the log. */
const refreshable = new Set([
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'REPLICA_NOT_AVAILABLE',
  'REQUEST_TIMED_OUT',
  'NETWORK_EXCEPTION',
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'KAFKA_STORAGE_ERROR',
  'CORRUPT_MESSAGE',
  'KafkaJSMetadataNotLoaded',
  'KafkaJSTopicMetadataNotLoaded',
  'KafkaJSBrokerNotFound',
])

/** Where the connection itself is no good any more. */
const broken = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
  'KafkaJSLockTimeout',
])

/** What to do before an append is tried again: connect anew, ask for the leader again, or nothing, because it would fail again. */
export function cureOf(error: unknown): 'reconnect' | 'refresh' | 'none' {
  const marks = marksOf(error)
  if (marks.some(mark => broken.has(mark))) return 'reconnect'
  return marks.some(mark => refreshable.has(mark)) ? 'refresh' : 'none'
}

/** Whether it came from Kafka or the network at all, rather than from a fault in a program. */
export function isKafkaError(error: unknown): boolean {
  return chainOf(error).some(link => link instanceof Error && /^KafkaJS/.test(link.name))
}

/** Of an append to a partition that the topic doesn't have (any more: it was made again with fewer). */
export function noSuchPartition(topic: string, partition: number, partitions: number): TopicError {
  return new TopicError('closed', `${topic} has no partition ${partition}, only ${partitions}`)
}

/** Puts a code on what kafkajs threw; a {@link TopicError} stays as it is. `operation` reads like `append to clicks/3`. */
export function topicErrorOf(error: unknown, operation: string): TopicError {
  if (error instanceof TopicError) return error
  const mark = marksOf(error).find(candidate => candidate in codes)
  const code = (mark && codes[mark]) || 'unavailable'
  const detail = chainOf(error).findLast(link => link instanceof Error && link.message) ?? error
  return new TopicError(code, `${operation}: ${detail instanceof Error ? detail.message : String(detail)}`, {
    cause: error,
  })
}
