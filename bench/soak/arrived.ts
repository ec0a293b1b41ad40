import { gunzipSync } from 'node:zlib'
import { z } from 'zod'
import { createTableReader } from '../../test/faults/real/table-files.ts'

/** Events of one storage, held against what was acknowledged. */
export interface Arrived {
  storage: string
  events: number
  /** Acknowledged, and not there. */
  lost: string[]
  /** There more than once. */
  doubled: string[]
  /** There, and never acknowledged. */
  unknown: string[]
}

/** Counts the ids of a storage. */
export async function arrivedIn(
  storage: string,
  ids: AsyncIterable<string>,
  acknowledged: ReadonlySet<string>,
): Promise<Arrived> {
  const seen = new Set<string>()
  const doubled: string[] = []
  for await (const id of ids) {
    if (seen.has(id)) doubled.push(id)
    seen.add(id)
  }
  const lost = [...acknowledged].filter(id => !seen.has(id))
  const unknown = [...seen].filter(id => !acknowledged.has(id))
  return { storage, events: seen.size, lost, doubled, unknown }
}

const row = z.object({ event: z.object({ id: z.string() }) })

/** The event of each row of a table in HDFS, read with plain HTTP: not with the code under test. */
export async function* rowIds(hdfs: string, table: string): AsyncGenerator<string> {
  const files = await createTableReader(() => hdfs, table)()
  for (const [path, bytes] of files) {
    if (!/\/events-[^/]*\.json\.gz$/.test(path)) continue
    for (const line of gunzipSync(bytes).toString().trimEnd().split('\n')) yield row.parse(JSON.parse(line)).event.id
  }
}

const page = z.object({ hits: z.object({ hits: z.array(z.object({ _id: z.string(), sort: z.array(z.number()) })) }) })
const pageSize = 10_000

/** The id of each document of the daily indices, read with plain HTTP: not with the code under test. */
export async function* documentIds(url: string, index: string): AsyncGenerator<string> {
  await fetch(`${url}/${index}-*/_refresh`, { method: 'POST' })
  const query = { size: pageSize, _source: false, sort: ['kafka.partition', 'kafka.offset'] }
  for (let after: number[] | undefined; ; ) {
    const response = await fetch(`${url}/${index}-*/_search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...query, ...(after && { search_after: after }) }),
    })
    if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
    const { hits } = page.parse(await response.json()).hits
    for (const { _id } of hits) yield _id
    after = hits.at(-1)?.sort
    if (hits.length < pageSize) return
  }
}
