import type { Client, estypes } from '@elastic/elasticsearch'
import { z } from 'zod'

/** What a bucket is made of: its name here, and the source of a composite aggregation. */
export type Sources = Record<string, estypes.AggregationsCompositeAggregationSource>

export interface BucketsOf {
  query: estypes.QueryDslQueryContainer
  sources: Sources
  /** A field whose lowest and highest value each bucket has. @default none, and both are 0 */
  numbers?: string
}

export interface Bucket {
  key: Readonly<Record<string, string | number | null>>
  count: number
  lowest: number
  highest: number
}

const bucketsARequest = 2_000

const number = z.object({ value: z.number().nullable() }).optional()
const key = z.record(z.string(), z.union([z.string(), z.number(), z.null()]))
const page = z.object({
  buckets: z.array(z.object({ key, doc_count: z.number(), lowest: number, highest: number })),
  after_key: key.optional(),
})

/**
 * Every bucket of a composite aggregation, page by page: exact, unlike `terms`, and with bounded answers. Rejects with the
 * client's errors, and when any shard has no answer.
 */
export async function* bucketsOf(
  { client, index }: { client: Client; index: string },
  { query, sources, numbers }: BucketsOf,
): AsyncGenerator<Bucket, void, void> {
  const list = Object.entries(sources).map(([name, source]) => ({ [name]: source }))
  const ends = numbers && { lowest: { min: { field: numbers } }, highest: { max: { field: numbers } } }
  let after: z.infer<typeof key> | undefined
  do {
    const answer = await client.search({
      index,
      allow_partial_search_results: false,
      size: 0,
      query,
      aggs: {
        page: {
          composite: { size: bucketsARequest, sources: list, ...(after ? { after } : {}) },
          ...(ends ? { aggs: ends } : {}),
        },
      },
    })
    // Where there is no index yet there are no aggregations either.
    const { buckets, after_key } = page.parse(answer.aggregations?.['page'] ?? { buckets: [] })
    for (const { key: names, doc_count: count, lowest, highest } of buckets)
      yield { key: names, count, lowest: lowest?.value ?? 0, highest: highest?.value ?? 0 }
    after = after_key
  } while (after !== undefined)
}
