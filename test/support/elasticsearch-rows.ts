import { z } from 'zod'
import type { LandedRow } from './landed-rows.ts'

const page = z.object({
  hits: z.object({
    hits: z.array(z.object({ _id: z.string(), _source: z.custom<LandedRow>(), sort: z.array(z.unknown()) })),
  }),
})

/** Every document of the daily indices, by plain HTTP: not with the code under test. */
export async function elasticsearchRows(url: string, index: string): Promise<LandedRow[]> {
  await fetch(`${url}/${index}-*/_refresh`, { method: 'POST' })
  const rows: LandedRow[] = []
  let after: unknown[] | undefined
  for (;;) {
    const response = await fetch(`${url}/${index}-*/_search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        size: 10_000,
        sort: ['kafka.partition', 'kafka.offset'],
        ...(after ? { search_after: after } : {}),
      }),
    })
    const { hits } = page.parse(await response.json()).hits
    rows.push(...hits.map(hit => hit._source))
    after = hits.at(-1)?.sort
    if (hits.length < 10_000) return rows
  }
}
