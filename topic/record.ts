import { z } from 'zod'
import { inspectMembers, knownMembers } from './foreign-members.ts'
import { mayKeepText } from './own-text.ts'
import { type Origin, usualOrigin } from './usual-record.ts'

/**
 * CONTRACT 2: the record on the topic. One JSON object, keyless, in ECS (Elastic Common Schema) names, nested, so that
 * the same dotted name works in Kibana, Hive, DuckDB and jq. Absent is absent: no nulls, no empty strings.
 */

const text = z.string().min(1)
const time = z.iso.datetime({ precision: 3 })

export const recordSchema = z.looseObject({
  '@timestamp': time.describe('When it happened: received − age − ago, UTC, milliseconds.'),
  event: z.looseObject({
    id: text.max(512).describe('`<tab>-<n>`: the same for every copy of an event.'),
    action: text.describe('What the visitor did, for example `page_view`.'),
    sequence: z.int().positive().describe('Position in the tab: 1, 2, 3 … A gap is a lost event.'),
    created: time.describe('When the collector received it.'),
  }),
  site: text.describe('Which website.'),
  tab: z.looseObject({ id: text.describe('One page load, up to 24 hours.') }),
  session: z.looseObject({ id: text }).optional(),
  user: z
    .looseObject({
      id: text.optional().describe('Pseudonymous visitor: from the browser, or of one day.'),
      name: text.optional().describe('The name that the visitor typed.'),
    })
    .optional(),
  url: z.looseObject({ full: text, domain: text.optional(), path: text.optional() }).optional(),
  page: z.looseObject({ title: text.optional(), language: text.optional() }).optional(),
  http: z.looseObject({ request: z.looseObject({ referrer: text }) }).optional(),
  user_agent: z
    .looseObject({
      original: text.optional(),
      name: text.optional(),
      version: text.optional(),
      os: z.looseObject({ name: text.optional(), version: text.optional() }).optional(),
      device: z.looseObject({ name: text.optional(), type: text.optional() }).optional(),
      bot: z.boolean().optional(),
    })
    .optional(),
  client: z.looseObject({ ip: text }).optional().describe('The network of the address, cut to /24 or /48.'),
  properties: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  kafka: z.undefined().optional(),
})

export type EventRecord = z.infer<typeof recordSchema>

/** Where a landed copy lies on the topic. */
export interface KafkaPosition {
  topic: string
  partition: number
  offset: number
  /** Offsets passed over since the partition's previous landed row; absent when 0 and on the first row. */
  skipped?: number
  /** Which life of the topic, from 2 on: raised by the operator when it was made again. */
  generation?: number
}

/** JSON Schema (2020-12) of the record, for other languages. */
export function recordJsonSchema(): object {
  const { kafka: _, ...shape } = recordSchema.shape
  return z.toJSONSchema(z.looseObject(shape))
}

/** The bytes of one record: UTF-8 JSON without a raw newline. */
export function encodeRecord(record: EventRecord): Buffer {
  return Buffer.from(JSON.stringify(record))
}

export type Decoded =
  | { ok: true; record: EventRecord; text: string }
  | { ok: false; reason: 'undecodable' | 'invalid'; message: string }

const utf8 = new TextDecoder('utf-8', { fatal: true })

const known = knownMembers(recordSchema)

/**
 * Reads a value back. `text` is its JSON on one line that every reader of landed files takes, as it came where it
 * already was that: a member that is there twice is written once, as the last of the two. Never throws.
 */
export function decodeRecord(value: Uint8Array | null): Decoded {
  if (value === null) return { ok: false, reason: 'undecodable', message: 'the value is null' }
  let source: string
  let parsed: unknown
  try {
    source = utf8.decode(value)
    parsed = JSON.parse(source)
  } catch (error) {
    return { ok: false, reason: 'undecodable', message: error instanceof Error ? error.message : String(error) }
  }
  const result = recordSchema.safeParse(parsed)
  if (!result.success) {
    const problems = result.error.issues.map(issue => `${issue.path.join('.') || '(record)'}: ${issue.message}`)
    return { ok: false, reason: 'invalid', message: problems.slice(0, 3).join('; ') }
  }
  const { members, problem } = inspectMembers(parsed, known)
  if (problem !== undefined) return { ok: false, reason: 'invalid', message: problem }
  return { ok: true, record: result.data, text: mayKeepText(source, members) ? source : JSON.stringify(parsed) }
}

export type RecordLine = (Origin & { ok: true; json: Uint8Array }) | Extract<Decoded, { ok: false }>

/** As {@link decodeRecord}, for who needs only the event's origin and the bytes of the JSON text: several times faster for what our collector writes. */
export function readRecord(value: Uint8Array | null): RecordLine {
  const usual = value === null ? undefined : usualOrigin(value)
  if (value !== null && usual !== undefined) {
    const { eventId, created, tab } = usual
    return { ok: true, eventId, created, tab, json: value }
  }
  const decoded = decodeRecord(value)
  if (!decoded.ok) return decoded
  const { event, tab } = decoded.record
  return { ok: true, eventId: event.id, created: event.created, tab: tab.id, json: Buffer.from(decoded.text) }
}

/** The landed copy, one line without its newline: the record's own text with `kafka` as its last member. */
export function landedText(text: string, kafka: KafkaPosition): string {
  return text.slice(0, -1) + landedEnd(kafka)
}

/** What takes the place of a record's closing brace in its landed copy. */
export function landedEnd(kafka: KafkaPosition): string {
  return landedEndsOf(kafka)(kafka.offset, kafka.skipped ?? 0)
}

/** As {@link landedEnd}, for many records of one partition: what they share becomes text once. */
export function landedEndsOf(
  shared: Omit<KafkaPosition, 'offset' | 'skipped'>,
): (offset: number, skipped?: number) => string {
  const { topic, partition, generation } = shared
  const before = `,"kafka":{"topic":${JSON.stringify(topic)},"partition":${partition},"offset":`
  const after = generation === undefined ? '}}' : `,"generation":${generation}}}`
  return (offset, skipped = 0) => `${before}${offset}${skipped === 0 ? '' : `,"skipped":${skipped}`}${after}`
}
