import { partitionOf } from '../../topic/partition-of.ts'
import { decodeRecord } from '../../topic/record.ts'
import type { LogRecord, TopicRecord } from '../../topic/topic.ts'
import { headerBytes, headerNames } from '../dead-letter.ts'
import { type Letter, nameOf } from './letter.ts'

/** Why a letter is not sent. */
export type Unsent =
  /** Its value is only a beginning. */
  | 'cut'
  /** The record had no value. */
  | 'empty'
  /** Every writer would refuse its value today. */
  | 'unreadable'
  /** It came back often enough. */
  | 'exhausted'
  /** The topic takes no record of its size. */
  | 'oversize'
  /** Another letter of the same record went before. */
  | 'repeated'

/** What a replay does with a letter. */
export type Route =
  | { to: 'topic'; partition: number; record: TopicRecord }
  /** The document of the record at its own place. */
  | { to: 'elasticsearch'; partition: number; record: LogRecord }
  /** `fault`: what is wrong with an unreadable value, for people. */
  | { to: 'nowhere'; why: Unsent; fault?: string }

export interface RouteOptions {
  /** The topic that the writers read. */
  topic: string
  /** … and its partitions. */
  partitions: number
  /** … and the size of a record that it takes, bytes. */
  maxRecordBytes: number
  /** A letter that was replayed so often goes no further round. */
  maxReplays: number
}

/**
 * Where a letter goes. What Elasticsearch alone refused goes straight there, under its own place on the topic: the files have
 * it. All else goes to the topic, for every writer. What can't be read as a record goes nowhere: it would be back at once. A letter with
 * a `repaired` value goes the way of the one it was, however often it went.
 */
export function routeOf(letter: Letter, options: RouteOptions, repaired?: Uint8Array): Route {
  const kept = repaired ? undefined : unsent(letter, options)
  if (kept) return kept
  const { origin } = letter
  const value = repaired ?? letter.value
  const headers = {
    ...letter.headers,
    [headerNames.replays]: String(letter.replays + 1),
    [headerNames.replayOf]: nameOf(letter),
  }
  if (origin?.topic === options.topic && onlyElasticsearch(letter)) {
    const { partition, offset } = origin
    return { to: 'elasticsearch', partition, record: { value, headers, offset, timestampMs: letter.refusedMs } }
  }
  if (value.length + headerBytes(headers) + 64 > options.maxRecordBytes) return { to: 'nowhere', why: 'oversize' }
  return { to: 'topic', partition: partitionFor(letter, value, options.partitions), record: { value, headers } }
}

function unsent(letter: Letter, { maxReplays }: RouteOptions): Extract<Route, { to: 'nowhere' }> | undefined {
  if (letter.cutFrom !== undefined) return { to: 'nowhere', why: 'cut' }
  if (letter.empty) return { to: 'nowhere', why: 'empty' }
  const decoded = decodeRecord(letter.value)
  if (!decoded.ok) return { to: 'nowhere', why: 'unreadable', fault: `${decoded.reason}: ${decoded.message}` }
  return letter.replays >= maxReplays ? { to: 'nowhere', why: 'exhausted' } : undefined
}

/** Every writer refuses what can't be decoded; what Elasticsearch refuses beside that has landed in the files. */
export function onlyElasticsearch({ sink, reason, value }: Letter): boolean {
  if (sink !== 'elasticsearch') return false
  return !(reason === 'undecodable' || reason === 'invalid') || decodeRecord(value).ok
}

/** Where its copies are, if its tab can be read. */
function partitionFor({ origin, at }: Letter, value: Uint8Array, partitions: number): number {
  const decoded = decodeRecord(value)
  return decoded.ok ? partitionOf(decoded.record.tab.id, partitions) : (origin?.partition ?? at.partition) % partitions
}
