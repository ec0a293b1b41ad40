import { decodeRecord } from '../../topic/record.ts'

const dayMs = 86_400_000
const tabPattern = /^[0-9a-z]{16,40}$/

/** Bytes that Elasticsearch takes for an `_id`; a longer one fails the whole bulk. */
export const maxIdBytes = 512

/** What says where an event belongs. */
export interface Origin {
  /** `event.id`. */
  id: string
  /** `event.created`. */
  created: string
  /** `tab.id`. */
  tab: string
}

/** The beginning of a record in the order in which our collector writes it. Its texts have no escapes, so that nothing is read across an end. */
const usual =
  /^\{"@timestamp":"[^"\\]*","event":\{"id":"([ !#-[\]-~]*)","action":"[^"\\]*","sequence":\d+,"created":"([^"\\]*)"\},"site":"[^"\\]*","tab":\{"id":"([^"\\]*)"\}/

/** Long enough for the beginning of nearly every record. */
const beginningBytes = 384

/** Reads it from a record's JSON text, as `readRecord` gives it. Throws on any other. */
export function originOf(json: Uint8Array): Origin {
  const bytes = Buffer.isBuffer(json) ? json : Buffer.from(json.buffer, json.byteOffset, json.length)
  // As Latin-1 a tab outside ASCII is another one, but of no shape that `dailyIndex` would believe.
  const match = usual.exec(bytes.toString('latin1', 0, beginningBytes))
  if (match?.[1] && match[2] && match[3]) return { id: match[1], created: match[2], tab: match[3] }
  const decoded = decodeRecord(json)
  if (!decoded.ok) throw new Error(`not a record: ${decoded.message}`)
  const { event, tab } = decoded.record
  return { id: event.id, created: event.created, tab: tab.id }
}

/** Days that are remembered. */
const maxNames = 1_000

/**
 * Names the daily index of an event, `<index>-YYYY.MM.DD` (UTC), from the event alone, so that every copy of it is refused by
 * the same index: the day on which its tab was opened (the clock in `tab.id`) if that lies within 8 days before and 1 day
 * after `event.created`, else the day of `event.created`.
 */
export function dailyIndex(index: string): (origin: Pick<Origin, 'created' | 'tab'>) => string {
  // Days are few and records many.
  const names = new Map<number, string>()
  return ({ created, tab }) => {
    const createdMs = Date.parse(created)
    const openedMs = tabPattern.test(tab) ? Number.parseInt(tab.slice(0, 9), 36) : Number.NaN
    const believable = openedMs >= createdMs - 8 * dayMs && openedMs <= createdMs + dayMs
    const day = Math.floor((believable ? openedMs : createdMs) / dayMs)
    const known = names.get(day)
    if (known !== undefined) return known
    const name = `${index}-${new Date(day * dayMs).toISOString().slice(0, 10).replaceAll('-', '.')}`
    if (names.size >= maxNames) names.clear()
    names.set(day, name)
    return name
  }
}

/** One document of a bulk. */
export interface BulkDocument {
  index: string
  id: string
  /** The record's JSON text. */
  json: Uint8Array
  /** What takes the place of its closing brace. */
  end: string
}

/** An id whose JSON text is itself in quotes. */
const plain = /^[ !#-[\]-~]*$/

const quoted = (id: string) => (plain.test(id) ? `"${id}"` : JSON.stringify(id))
const createStart = '{"create":{"_index":"'

/** Bytes that it takes at most in {@link bulkBody}. */
export function documentBytes({ index, id, json, end }: BulkDocument): number {
  const idBytes = plain.test(id) ? id.length : Buffer.byteLength(JSON.stringify(id))
  return createStart.length + index.length + idBytes + json.length + end.length + 20
}

/**
 * The body of a bulk that creates each document under its id, or says that it is there. Records are copied as bytes, never
 * made into text. `bytes` is at least the sum of {@link documentBytes}; names of indices and `end` are plain ASCII.
 */
export function bulkBody(documents: Iterable<BulkDocument>, bytes: number): Buffer {
  const body = Buffer.allocUnsafeSlow(bytes)
  let at = 0
  let text = ''
  for (const { index, id, json, end } of documents) {
    at += body.write(`${text}${createStart}${index}","_id":${quoted(id)}}}\n`, at)
    body.set(json, at)
    at += json.length - 1
    text = `${end}\n`
  }
  at += body.write(text, at)
  return body.subarray(0, at)
}
