import { gunzipSync } from 'node:zlib'
import { z } from 'zod'
import type { FileFormat } from './path.ts'

/** What the last line of a landed file says. */
export interface LandedRow {
  topic: string
  partition: number
  offset: number
  eventId: string
}

const rowSchema = z.object({
  event: z.object({ id: z.string() }),
  kafka: z.object({ topic: z.string(), partition: z.int(), offset: z.int() }),
})

const magic = Buffer.from([0x1f, 0x8b, 0x08])

/** A file ends in a member of one line: the nearest start of a member that unpacks whole, checksum included, up to the end. */
function lastMember(tail: Buffer): string | undefined {
  for (let at = tail.lastIndexOf(magic); at >= 0; at = at === 0 ? -1 : tail.lastIndexOf(magic, at - 1)) {
    try {
      return gunzipSync(tail.subarray(at)).toString()
    } catch {
      // Not the start of a member: the same three bytes may stand anywhere in compressed data (RFC 1952 §2.3.1).
    }
  }
  return undefined
}

/**
 * The last line of a file of which `tail` is the end, or undefined if it does not lie in there as a whole.
 * `whole`: the tail is the file.
 */
export function lastLineOf(tail: Buffer, format: FileFormat, whole: boolean): string | undefined {
  const text = format === 'json.gz' ? lastMember(tail) : tail.toString()
  if (!text?.endsWith('\n')) return undefined
  const before = text.lastIndexOf('\n', text.length - 2)
  const begins = before >= 0 || whole || format === 'json.gz'
  return begins ? text.slice(before + 1, -1) : undefined
}

/** Reads a landed line; undefined if it is none. */
export function parseLandedRow(line: string): LandedRow | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    return undefined
  }
  const row = rowSchema.safeParse(parsed)
  return row.success ? { ...row.data.kafka, eventId: row.data.event.id } : undefined
}
