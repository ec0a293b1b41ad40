import { z } from 'zod'

/** What a landed line says of itself. */
export interface CheckedRow {
  eventId: string
  topic: string
  partition: number
  generation: number
  offset: number
  /** Undefined where the row says nothing. */
  skipped: number | undefined
}

export type LineFault = 'empty_line' | 'carriage_return' | 'not_utf8' | 'not_json' | 'not_a_row'

const rowSchema = z.object({
  event: z.object({ id: z.string().min(1) }),
  kafka: z.object({
    topic: z.string(),
    partition: z.int().nonnegative(),
    offset: z.int().nonnegative(),
    skipped: z.int().positive().optional(),
    generation: z.int().min(2).optional(),
  }),
})
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const carriageReturn = 0x0d

/** Reads one line, given without its newline, as strictly as Hive does; never throws. */
export function readLine(bytes: Uint8Array): { row: CheckedRow } | { fault: LineFault; what: string } {
  if (bytes.length === 0) return { fault: 'empty_line', what: 'a line is empty' }
  if (bytes.includes(carriageReturn)) return { fault: 'carriage_return', what: 'a line holds a raw carriage return' }
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    return { fault: 'not_utf8', what: 'a line is not UTF-8' }
  }
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    return { fault: 'not_json', what: `a line is not JSON: ${error instanceof Error ? error.message : error}` }
  }
  const result = rowSchema.safeParse(parsed)
  if (!result.success) {
    const [issue] = result.error.issues
    return { fault: 'not_a_row', what: `a line is no landed row: ${issue?.path.join('.')} ${issue?.message}` }
  }
  const { event, kafka } = result.data
  const { topic, partition, offset, skipped, generation = 1 } = kafka
  return { row: { eventId: event.id, topic, partition, offset, skipped, generation } }
}

const kafkaMember = Buffer.from(',"kafka":{')

/** The record of a landed row, byte for byte: `kafka` is its last member. */
export function recordOf(row: Buffer): Buffer {
  return Buffer.concat([row.subarray(0, row.lastIndexOf(kafkaMember)), Buffer.from('}')])
}
