import type { Client } from '@elastic/elasticsearch'
import { z } from 'zod'

/** Name of the daily index of a time (milliseconds since 1970, UTC): `<index>-YYYY.MM.DD`. */
export function dailyIndex(index: string, timeMs: number): string {
  return `${index}-${new Date(timeMs).toISOString().slice(0, 10).replaceAll('-', '.')}`
}

/** Where the day of a daily index begins, milliseconds since 1970 UTC; undefined for any other name. */
export function dayOfIndex(index: string, name: string): number | undefined {
  const beginMs = Date.parse(`${name.slice(index.length + 1).replaceAll('.', '-')}T00:00:00Z`)
  return Number.isNaN(beginMs) || dailyIndex(index, beginMs) !== name ? undefined : beginMs
}

/** An index on the server whose name begins with `<index>-`. */
export interface StoredIndex {
  name: string
  /** 0 where the index is closed. */
  documents: number
  bytes: number
}

const row = z.object({
  index: z.string(),
  'docs.count': z.coerce.number().nullish(),
  'store.size': z.coerce.number().nullish(),
})

/** Every index that begins with `<index>-`, closed ones too, by name. Rejects with the client's errors. */
export async function listIndices(client: Client, index: string): Promise<StoredIndex[]> {
  const rows = await client.cat.indices({
    index: `${index}-*`,
    format: 'json',
    bytes: 'b',
    h: ['index', 'docs.count', 'store.size'],
    expand_wildcards: ['open', 'closed'],
  })
  return z
    .array(row)
    .parse(rows)
    .map(one => ({ name: one.index, documents: one['docs.count'] ?? 0, bytes: one['store.size'] ?? 0 }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
