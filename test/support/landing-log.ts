import { type EventRecord, encodeRecord } from '../../topic/record.ts'
import type { LogRecord } from '../../topic/topic.ts'

export const logStartMs = Date.parse('2026-11-21T02:30:00.000Z')

/** A valid record of one event. */
export function eventRecord(id: string): EventRecord {
  const time = new Date(logStartMs).toISOString()
  return {
    '@timestamp': time,
    event: { id, action: 'color_click', sequence: 1, created: time },
    site: 'example',
    tab: { id: '0mwpt1nbck9k2j4h6f8d' },
    properties: { color: 'red' },
  }
}

/** One partition's log from offset 0 on: an id makes a record, `null` one that can't be decoded. */
export function logOf(
  ids: readonly (string | null)[],
  timestampMs: (offset: number) => number = () => logStartMs,
): LogRecord[] {
  return ids.map((id, offset) => ({
    value: id === null ? Buffer.from('{broken') : encodeRecord(eventRecord(id)),
    offset,
    timestampMs: timestampMs(offset),
  }))
}
