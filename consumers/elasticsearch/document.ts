import { decodeRecord } from '../../topic/record.ts'

const dayMs = 86_400_000
const tabPattern = /^[0-9a-z]{16,40}$/

/** Bytes that Elasticsearch takes for an `_id`; a longer one fails the whole bulk. */
export const maxIdBytes = 512

/** What the index of an event depends on. */
export interface Origin {
  /** `event.created`. */
  created: string
  /** `tab.id`. */
  tab: string
}

/** The beginning of a record in the order in which our collector writes it. Its texts have no escapes, so that nothing is read across an end. */
const usual =
  /^\{"@timestamp":"[^"\\]*","event":\{"id":"[^"\\]*","action":"[^"\\]*","sequence":\d+,"created":"([^"\\]*)"\},"site":"[^"\\]*","tab":\{"id":"([^"\\]*)"\}/

/** Long enough for the beginning of nearly every record. */
const beginningBytes = 512

/** Reads it from a record's JSON text, as `readRecord` gives it. Throws on any other. */
export function originOf(json: Uint8Array): Origin {
  const bytes = Buffer.from(json.buffer, json.byteOffset, json.length)
  // As Latin-1 a text outside ASCII is another one, but of no shape that `indexOf` would believe.
  const [, created, tab] = usual.exec(bytes.toString('latin1', 0, beginningBytes)) ?? []
  if (created !== undefined && tab !== undefined) return { created, tab }
  const decoded = decodeRecord(json)
  if (!decoded.ok) throw new Error(`not a record: ${decoded.message}`)
  return { created: decoded.record.event.created, tab: decoded.record.tab.id }
}

/** Days are few and records many: one text is made for each. */
const names = new Map<string, string>()
const maxNames = 1_000

/**
 * The daily index of an event, `<index>-YYYY.MM.DD` (UTC), from the event alone, so that every copy of it is refused by the
 * same index: the day on which its tab was opened (the clock in `tab.id`) if that lies within 8 days before and 1 day after
 * `event.created`, else the day of `event.created`.
 */
export function indexOf({ created, tab }: Origin, index: string): string {
  const createdMs = Date.parse(created)
  const openedMs = tabPattern.test(tab) ? Number.parseInt(tab.slice(0, 9), 36) : Number.NaN
  const believable = openedMs >= createdMs - 8 * dayMs && openedMs <= createdMs + dayMs
  const day = Math.floor((believable ? openedMs : createdMs) / dayMs)
  const key = `${day} ${index}`
  const known = names.get(key)
  if (known !== undefined) return known
  const name = `${index}-${new Date(day * dayMs).toISOString().slice(0, 10).replaceAll('-', '.')}`
  if (names.size >= maxNames) names.clear()
  names.set(key, name)
  return name
}

/** The first line of a document in a bulk, with its newline: create it under this id, or say that it is there. */
export function createLine(index: string, id: string): string {
  return `{"create":{"_index":${JSON.stringify(index)},"_id":${JSON.stringify(id)}}}\n`
}

/** What a document is put together from: text, the record's own bytes without their last, text. */
export interface Piece {
  action: string
  json: Uint8Array
  end: string
}

/** Bytes of a piece in a bulk. */
export function pieceBytes({ action, json, end }: Piece): number {
  return Buffer.byteLength(action) + json.length - 1 + Buffer.byteLength(end)
}

/** The body of a bulk: records are copied as bytes, never made into text. `bytes` is the sum of {@link pieceBytes}. */
export function bulkBody(pieces: readonly Piece[], bytes: number): Buffer {
  const body = Buffer.allocUnsafe(bytes)
  let at = 0
  let text = ''
  for (const { action, json, end } of pieces) {
    at += body.write(text + action, at)
    body.set(json.subarray(0, -1), at)
    at += json.length - 1
    text = end
  }
  at += body.write(text, at)
  return at === bytes ? body : body.subarray(0, at)
}
