import { type EventRecord, type KafkaPosition, landedText } from '../../topic/record.ts'

const dayMs = 86_400_000
const tabPattern = /^[0-9a-z]{16,40}$/

/** Bytes that Elasticsearch takes for an `_id`; a longer one fails the whole bulk. */
export const maxIdBytes = 512

/**
 * The daily index of an event, `<index>-YYYY.MM.DD` (UTC), from the event alone, so that every copy of it is refused by the
 * same index: the day on which its tab was opened (the clock in `tab.id`) if that lies within 8 days before and 1 day after
 * `event.created`, else the day of `event.created`.
 */
export function indexOf(record: EventRecord, index: string): string {
  const createdMs = Date.parse(record.event.created)
  const openedMs = tabPattern.test(record.tab.id) ? Number.parseInt(record.tab.id.slice(0, 9), 36) : Number.NaN
  const believable = openedMs >= createdMs - 8 * dayMs && openedMs <= createdMs + dayMs
  const day = new Date(believable ? openedMs : createdMs).toISOString().slice(0, 10)
  return `${index}-${day.replaceAll('-', '.')}`
}

/** The two lines of a bulk that create the document, each with its newline. `text` is the record's JSON on one line. */
export function bulkLines(target: { index: string; id: string }, text: string, kafka: KafkaPosition): string {
  const action = JSON.stringify({ create: { _index: target.index, _id: target.id } })
  return `${action}\n${landedText(text, kafka)}\n`
}
