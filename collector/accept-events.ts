import type { Rejection } from '../sdk/event.ts'
import { partitionOf } from '../topic/partition-of.ts'
import type { TopicWriter } from '../topic/topic.ts'
import type { Metrics } from './admin/metrics.ts'
import { cutAddress } from './http/address.ts'
import { type Answer, overloaded } from './http/answer.ts'
import { firstLanguage } from './http/language.ts'
import { encodeEvents, type RequestFacts } from './records/encode-events.ts'
import { type LossReason, reportedLosses } from './records/reported-losses.ts'
import { newTab } from './records/tab-id.ts'
import type { createUserAgentParser } from './records/user-agent.ts'
import type { Visit } from './records/visitor.ts'
import type { Batcher } from './sending/batcher.ts'
import { type CausedRejection, type ValidBatch, validate } from './validation/validate.ts'

export interface AcceptOptions {
  writer: TopicWriter
  batcher: Pick<Batcher, 'append'>
  metrics: Metrics
  parseUserAgent: ReturnType<typeof createUserAgentParser>
  /** Names the visitor where the browser does not. */
  pseudonymOf: ((visit: Visit) => string) | undefined
  /** Why events of a site may not come from an origin, or undefined. */
  refusalOfSite(site: string, origin: string | undefined): string | undefined
  ip: 'off' | 'cut'
}

/** What came with a body. */
export interface Client {
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

/** What is remembered of a request while the topic has its records: neither the body nor what it was parsed to, which may weigh ten times as much as the records. */
interface Taken {
  partition: number
  values: readonly Buffer[]
  /** The `n` of each, undefined without a tab. */
  numbers: readonly (number | undefined)[]
  rejected: readonly CausedRejection[]
  losses: Partial<Record<LossReason, number>> | undefined
}

/**
 * Takes the body of a request the whole way: validate, enrich, encode, append. `acknowledged` and `partial` are answered
 * only after the topic's acknowledgement of every event that was not refused. Fails only for a fault of ours.
 */
export function createAcceptEvents(options: AcceptOptions): (body: Buffer, client: Client) => Promise<Answer> {
  return (body, client) => {
    const taken = take(body, client, options)
    return 'outcome' in taken ? Promise.resolve(taken) : append(taken, options)
  }
}

function take(body: Buffer, client: Client, options: AcceptOptions): Taken | Answer {
  const validated = validate(body)
  if (!validated.ok) return { outcome: validated.refusal, message: validated.message }
  const { batch, rejected } = validated
  const refusal = options.refusalOfSite(batch.site, client.origin)
  if (refusal !== undefined) return { outcome: 'forbidden', message: refusal }
  if (batch.events.length === 0) return answered(0, rejected, options.metrics)
  const partitions = options.writer.partitions()
  const tab = batch.tab ?? newTab(client.receivedMs)
  return {
    partition: partitions === 0 ? -1 : partitionOf(tab, partitions),
    values: encodeEvents(batch, factsOf(batch, tab, client, options)),
    numbers: batch.events.map(({ n }) => n),
    rejected,
    losses: reportedLosses(batch.events),
  }
}

async function append(taken: Taken, options: AcceptOptions): Promise<Answer> {
  const { partition, values, rejected, losses } = taken
  const { writer, batcher, metrics } = options
  const appended = await batcher.append(partition, values)
  if (appended.outcome === 'overloaded') return overloaded
  if (appended.outcome === 'unavailable') return partition < 0 ? topicUnknown : notAcknowledged
  if (losses !== undefined) metrics.reportedLost(losses)
  const tooLarge = appended.tooLarge.map(position => tooLargeRejection(taken, position, writer.maxRecordBytes()))
  const all = [...rejected, ...tooLarge].sort((a, b) => a.index - b.index)
  return answered(values.length - tooLarge.length, all, metrics)
}

function factsOf(batch: ValidBatch, tab: string, client: Client, options: AcceptOptions): RequestFacts {
  const { parseUserAgent, pseudonymOf, ip } = options
  const { receivedMs, ageMs, userAgent, acceptLanguage, address } = client
  const pseudonym =
    batch.visitor === undefined && address !== undefined
      ? pseudonymOf?.({ site: batch.site, address, userAgent: userAgent ?? '', nowMs: receivedMs })
      : undefined
  const clientIp = ip === 'cut' && address !== undefined ? cutAddress(address) : undefined
  // Without a tab the request is a server's, whose header says nothing of a visitor.
  const language = batch.tab === undefined ? undefined : firstLanguage(acceptLanguage)
  return { receivedMs, ageMs, newTab: tab, userAgent: parseUserAgent(userAgent), language, clientIp, pseudonym }
}

function tooLargeRejection(taken: Taken, position: number, maxRecordBytes: number): CausedRejection {
  const reason = `the record is larger than the topic takes (${maxRecordBytes} bytes): send less with the event`
  const n = taken.numbers[position]
  let index = position
  for (const rejection of taken.rejected) if (rejection.index <= index) index++
  return n === undefined ? { index, reason, cause: 'size' } : { index, n, reason, cause: 'size' }
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
