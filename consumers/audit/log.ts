import type { Bounds, Committed, LogRecord } from '../../topic/topic.ts'
import type { Letter } from '../dlq/letter.ts'
import type { Span } from './blocks.ts'
import type { AuditedStore } from './finding.ts'

/** The topic and its dead letters, as an audit reads them. All methods reject with what their servers say. */
export interface AuditLog {
  readonly topic: string
  /** By partition. */
  bounds(): Promise<ReadonlyMap<number, Bounds>>
  /** Where a writer goes on, by partition; absent where it has never committed. */
  committed(store: AuditedStore): Promise<ReadonlyMap<number, Committed>>
  /** First offset at or after a time, milliseconds since 1970, by partition. */
  at(timeMs: number): Promise<ReadonlyMap<number, number>>
  /** Records in order, a few at a time; what is no longer on the topic is left out. One at a time. */
  read(partition: number, span: Span): AsyncIterable<readonly LogRecord[]>
  /** Every dead letter that is kept. */
  letters(): Promise<KeptLetters>
  close(): Promise<void>
}

export interface KeptLetters {
  letters: AsyncIterable<Letter>
  /** Whether older ones are gone already. */
  cut: boolean
}
