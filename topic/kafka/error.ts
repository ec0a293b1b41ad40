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

/** Whether it came from Kafka or the network at all, rather than from a fault in a program. */
export function isKafkaError(error: unknown): boolean {
  return chainOf(error).some(link => link instanceof Error && /^KafkaJS/.test(link.name))
}

/** Puts a code on what kafkajs threw; a {@link TopicError} stays as it is. `operation` reads like `append to clicks/3`. */
export function topicErrorOf(error: unknown, operation: string): TopicError {
  if (error instanceof TopicError) return error
  const chain = chainOf(error)
  const marks = chain.flatMap(link => ['type' in link ? link.type : undefined, 'name' in link ? link.name : undefined])
  const mark = marks.find(candidate => typeof candidate === 'string' && candidate in codes)
  const code = (typeof mark === 'string' && codes[mark]) || 'unavailable'
  const detail = chain.findLast(link => link instanceof Error && link.message) ?? error
  return new TopicError(code, `${operation}: ${detail instanceof Error ? detail.message : String(detail)}`, {
    cause: error,
  })
}
