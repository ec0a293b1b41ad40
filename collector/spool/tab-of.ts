import { z } from 'zod'

const tabSchema = z.object({ tab: z.object({ id: z.string() }) })

/** The tab that a record on the topic names; undefined when it is not one of ours. */
export function tabOf(value: Uint8Array): string | undefined {
  try {
    return tabSchema.parse(JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString())).tab.id
  } catch {
    // Not JSON, or without a tab: the caller decides where it goes.
    return undefined
  }
}
