import { type EventRecord, encodeRecord } from '../../topic/record.ts'
import type { Random } from '../fuzz/random.ts'
import { eventRecord, logStartMs, tabOf } from '../support/log-records.ts'

/** What is appended to a topic under test, by the seed: events, copies of earlier ones, and what no collector wrote. */
export type NextValue = (partition: number) => Buffer | null

export interface Mixture {
  /** One value in so many is foreign. @default 40 */
  foreignOnceIn?: number
  /** One value in so many is a copy of one of the 30 events before. @default 6 */
  copyOnceIn?: number
  /** One value in so many is another event under the id of one of the 30 before. @default never */
  otherOnceIn?: number
  /** Tabs are opened and events made on both sides of a midnight, and copies arrive up to a day later. @default all at one time */
  aroundMidnight?: boolean
  /** Bytes of a large foreign value; most are small. @default 65536 */
  largeBytes?: number
  /** Members that an event has besides, or instead of its own. @default none */
  more?: (random: Random) => Partial<EventRecord>
}

/** An event carries this action, and nothing foreign does: so a reader of the log needs no decoder to tell them apart. */
export const goodAction = 'color_click'
const foreignAction = 'foreign'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Of a tab, and of an event in it. The clock of some tabs can't be believed. */
function timesAroundMidnight(random: Random): { openedMs: number; atMs: number } {
  const openedMs = random.pick([logStartMs - hourMs / 2, logStartMs + hourMs / 2, 0])
  return { openedMs, atMs: logStartMs + random.below(2 * hourMs) - hourMs }
}

/** The same seed makes the same values in the same order of calls. `prefix` keeps the events of two lives of a topic apart. */
export function createValues(random: Random, mixture: Mixture = {}, prefix = 1): NextValue {
  const { foreignOnceIn = 40, copyOnceIn = 6, largeBytes = 65_536, otherOnceIn, aroundMidnight, more } = mixture
  const recent = new Map<number, EventRecord[]>()
  const sequences = new Map<string, number>()
  let others = 0

  function nextEvent(partition: number): EventRecord {
    const { openedMs, atMs } = aroundMidnight ? timesAroundMidnight(random) : { openedMs: logStartMs, atMs: logStartMs }
    const tab = tabOf(prefix * 1_000 + partition, openedMs)
    const sequence = (sequences.get(tab) ?? 0) + 1
    sequences.set(tab, sequence)
    const properties = { color: 'red', note: 'x'.repeat(random.below(300)) }
    return { ...eventRecord({ tab, sequence, atMs, properties }), ...more?.(random) }
  }

  function copyOf(record: EventRecord): EventRecord {
    if (!aroundMidnight) return record
    const arrivedMs = Date.parse(record['@timestamp']) + random.below(dayMs)
    return { ...record, '@timestamp': new Date(arrivedMs).toISOString() }
  }

  return partition => {
    const before = recent.get(partition) ?? []
    if (random.once(foreignOnceIn)) return foreignValue(random, largeBytes)
    if (before.length > 0 && random.once(copyOnceIn)) return encodeRecord(copyOf(random.pick(before)))
    const isOther = before.length > 0 && otherOnceIn !== undefined && random.once(otherOnceIn)
    const event = isOther ? { ...random.pick(before), properties: { other: ++others } } : nextEvent(partition)
    recent.set(partition, [...before.slice(-29), event])
    return encodeRecord(event)
  }
}

/** What others may write to a topic; some of it is a record all the same. */
export function foreignValue(random: Random, largeBytes: number): Buffer | null {
  const sequence = 1 + random.below(2 ** 31)
  const record = eventRecord({ tab: tabOf(random.below(2 ** 31), logStartMs), sequence })
  record.event.action = foreignAction
  const json = (value: unknown) => Buffer.from(JSON.stringify(value))
  const kinds: (() => Buffer | null)[] = [
    () => null,
    () => Buffer.alloc(0),
    () => Buffer.from('not json'),
    () => Buffer.from('{"event":{"id":"a\nb"}}'),
    () => Buffer.from(JSON.stringify(record, null, 2)),
    () => Buffer.concat([Buffer.from('{"site":"'), Buffer.from([0xff, 0xc0, 0x80]), Buffer.from('"}')]),
    () => json({ ...record, event: 'text', url: 5 }),
    () => json({ ...record, '@timestamp': 'yesterday' }),
    () => json([record]),
    () => Buffer.from('42'),
    () => json({ ...record, Site: 'another' }),
    () => json({ ...record, event: { ...record.event, ID: 'another' } }),
    () => json({ ...record, properties: { color: 'red', Color: 'blue' } }),
    () => Buffer.from(JSON.stringify(record).replace('"site":', '"site":"first","site":')),
    () => Buffer.from(JSON.stringify(record).replace('{', `{"big":1${'0'.repeat(400)},`)),
    () => json({ ...record, kafka: { topic: 'forged', partition: 0, offset: 1 } }),
    () => json({ ...record, properties: { note: 'x'.repeat(random.once(8) ? largeBytes : 500) } }),
    () => Buffer.from(JSON.stringify(record).replace('{', `{"__proto__":${'['.repeat(2_000)}${']'.repeat(2_000)},`)),
    () => Buffer.from(`${'['.repeat(2_000)}${']'.repeat(2_000)}`),
  ]
  return random.pick(kinds)()
}
