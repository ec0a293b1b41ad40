import type { Origin } from '../../topic/usual-record.ts'

const dayMs = 86_400_000
const tabPattern = /^[0-9a-z]{16,40}$/

/** Bytes that Elasticsearch takes for an `_id`; a longer one fails the whole bulk. */
export const maxIdBytes = 512

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
  offset: number
}

/** What takes the place of the closing brace of the record at an offset: `landedEndsOf` its partition. */
export type EndOf = (offset: number) => string

/** An id whose JSON text is itself in quotes. */
const plain = /^[ !#-[\]-~]*$/

const quoted = (id: string) => (plain.test(id) ? `"${id}"` : JSON.stringify(id))
const createStart = '{"create":{"_index":"'
const createId = '","_id":'

/** Bytes that it takes at most in {@link bulkBody}, its end left out. */
export function documentBytes({ index, id, json }: Omit<BulkDocument, 'offset'>): number {
  const idBytes = plain.test(id) ? id.length + 2 : Buffer.byteLength(JSON.stringify(id))
  return createStart.length + index.length + createId.length + idBytes + 3 + json.length
}

/**
 * The body of a bulk that creates each document under its id, or says that it is there. Records are copied as bytes, never
 * made into text. `bytes` is at least the sum of {@link documentBytes} and of the ends with a newline each; names of indices
 * and ends are plain ASCII.
 */
export function bulkBody(documents: Iterable<BulkDocument>, endOf: EndOf, bytes: number): Buffer {
  const body = Buffer.allocUnsafeSlow(bytes)
  let at = 0
  let end = ''
  let start = ''
  let startIndex: string | undefined
  for (const { index, id, json, offset } of documents) {
    if (index !== startIndex) {
      start = `${createStart}${index}${createId}`
      startIndex = index
    }
    at += body.write(`${end}${start}${quoted(id)}}}\n`, at)
    body.set(json, at)
    at += json.length - 1
    end = `${endOf(offset)}\n`
  }
  at += body.write(end, at)
  return body.subarray(0, at)
}
