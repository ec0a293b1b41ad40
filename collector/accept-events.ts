import type { Rejection } from '../sdk/event.ts'
import { partitionOf } from '../topic/partition-of.ts'
import type { TopicWriter } from '../topic/topic.ts'
import type { Metrics } from './admin/metrics.ts'
import { cutAddress } from './http/address.ts'
import { type Answer, overloaded } from './http/answer.ts'
import { firstLanguage } from './http/language.ts'
import { encodeEvents, type RequestFacts } from './records/encode-events.ts'
import { newTab } from './records/tab-id.ts'
import type { createUserAgentParser } from './records/user-agent.ts'
import type { Visit } from './records/visitor.ts'
import type { Batcher } from './sending/batcher.ts'
import { type CausedRejection, type ValidBatch, validate } from './validation/validate.ts'

export interface AcceptOptions {
  writer: TopicWriter
  batcher: Batcher
  metrics: Metrics
  parseUserAgent: ReturnType<typeof createUserAgentParser>
  /** Names the visitor where the browser does not. */
  pseudonymOf: ((visit: Visit) => string) | undefined
  /** Why events of a site may not come from an origin, or undefined. */
  refusalOfSite(site: string, origin: string | undefined): string | undefined
  ip: 'off' | 'cut'
}

/** What came with a body. */
export interface Sender {
  receivedMs: number
  ageMs: number
  userAgent: string | undefined
  /** The header, as it came. */
  acceptLanguage: string | undefined
  address: string | undefined
  /** The header, as it came. */
  origin: string | undefined
}

const notAcknowledged: Answer = {
  outcome: 'not_acknowledged',
  message: 'the topic did not acknowledge the events: keep them and send them again after the seconds in Retry-After',
  retryAfterSeconds: 5,
}
const topicUnknown: Answer = {
  outcome: 'topic_unknown',
  message: 'the topic is not known yet: keep the events and send them again after the seconds in Retry-After',
  retryAfterSeconds: 5,
}

/**
 * Takes the body of a request the whole way: validate, enrich, encode, append. `acknowledged` and `partial` are answered
 * only after the topic's acknowledgement of every event that was not refused. Never rejects but for a fault of ours.
 */
export function createAcceptEvents(options: AcceptOptions): (body: Buffer, sender: Sender) => Promise<Answer> {
  const { writer, batcher, metrics, refusalOfSite } = options
  return async (body, sender) => {
    const validated = validate(body)
    if (!validated.ok) return { outcome: validated.refusal, message: validated.message }
    const { batch, rejected } = validated
    const refusal = refusalOfSite(batch.site, sender.origin)
    if (refusal !== undefined) return { outcome: 'forbidden', message: refusal }
    if (batch.events.length === 0) return answered(0, rejected, metrics)
    const partitions = writer.partitions()
    const tab = batch.tab ?? newTab(sender.receivedMs)
    const values = encodeEvents(batch, factsOf(batch, tab, sender, options))
    const appended = await batcher.append(partitions === 0 ? -1 : partitionOf(tab, partitions), values)
    if (appended.outcome === 'overloaded') return overloaded
    if (appended.outcome === 'unavailable') return partitions === 0 ? topicUnknown : notAcknowledged
    const tooLarge = appended.tooLarge.map(position => tooLargeRejection(batch, position, writer.maxRecordBytes()))
    const all = [...rejected, ...tooLarge].sort((a, b) => a.index - b.index)
    return answered(values.length - tooLarge.length, all, metrics)
  }
}

function factsOf(batch: ValidBatch, tab: string, sender: Sender, options: AcceptOptions): RequestFacts {
  const { parseUserAgent, pseudonymOf, ip } = options
  const { receivedMs, ageMs, userAgent, acceptLanguage, address } = sender
  const pseudonym =
    batch.visitor === undefined && address !== undefined
      ? pseudonymOf?.({ site: batch.site, address, userAgent: userAgent ?? '', nowMs: receivedMs })
      : undefined
  const clientIp = ip === 'cut' && address !== undefined ? cutAddress(address) : undefined
  // Without a tab the request is a server's, whose header says nothing of a visitor.
  const language = batch.tab === undefined ? undefined : firstLanguage(acceptLanguage)
  return { receivedMs, ageMs, newTab: tab, userAgent: parseUserAgent(userAgent), language, clientIp, pseudonym }
}

function tooLargeRejection(batch: ValidBatch, position: number, maxRecordBytes: number): CausedRejection {
  const event = batch.events[position]
  const reason = `the record is larger than the topic takes (${maxRecordBytes} bytes): send less with the event`
  const at = { index: event?.index ?? position, reason, cause: 'size' } as const
  return event?.n === undefined ? at : { ...at, n: event.n }
}

function answered(accepted: number, rejected: readonly CausedRejection[], metrics: Metrics): Answer {
  metrics.accepted(accepted)
  if (rejected.length === 0) return { outcome: 'acknowledged' }
  for (const { cause } of rejected) metrics.rejected(cause)
  return { outcome: 'partial', body: { accepted, rejected: rejected.map(withoutCause) } }
}

function withoutCause({ index, n, reason }: CausedRejection): Rejection {
  return n === undefined ? { index, reason } : { index, n, reason }
}
