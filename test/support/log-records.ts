import { type EventRecord, encodeRecord } from '../../topic/record.ts'
import type { LogRecord } from '../../topic/topic.ts'

/** 2026-11-21T00:00:00Z. */
export const logStartMs = Date.UTC(2026, 10, 21)

/** A tab opened at `timeMs`; the same `seed` gives the same tab. */
export function tabOf(seed: number, timeMs: number = logStartMs): string {
  return timeMs.toString(36).padStart(9, '0') + seed.toString(36).padStart(11, '0')
}

export interface EventOverrides {
  tab?: string
  sequence?: number
  atMs?: number
  properties?: Record<string, string | number | boolean>
  url?: string
}

export function eventRecord(overrides: EventOverrides = {}): EventRecord {
  const { tab = tabOf(1), sequence = 1, atMs = logStartMs, properties, url = 'https://example.com/' } = overrides
  const time = new Date(atMs).toISOString()
  return {
    '@timestamp': time,
    event: { id: `${tab}-${sequence}`, action: 'color_click', sequence, created: time },
    site: 'example',
    tab: { id: tab },
    url: { full: url, domain: 'example.com', path: '/' },
    user_agent: { name: 'Chrome', version: '147.0', os: { name: 'Linux' }, bot: false },
    properties: properties ?? { color: 'red' },
  }
}

/** The record at `offset` of `partition`: an event of its own, appended one second after the one before. */
export function logRecord(partition: number, offset: number, overrides: EventOverrides = {}): LogRecord {
  const timestampMs = logStartMs + offset * 1_000
  const record = eventRecord({ tab: tabOf(partition), sequence: offset + 1, atMs: timestampMs, ...overrides })
  return { value: encodeRecord(record), offset, timestampMs }
}

export function logRecords(partition: number, from: number, to: number): LogRecord[] {
  return Array.from({ length: to - from }, (_, index) => logRecord(partition, from + index))
}

/** A record that nobody can decode. */
export function brokenRecord(offset: number, text = 'not json'): LogRecord {
  return { value: Buffer.from(text), offset, timestampMs: logStartMs + offset * 1_000 }
}
