import { z } from 'zod'
import type { StoredDocument } from '../../support/fake-elasticsearch.ts'
import { type Landed, readLanded } from '../landed.ts'
import { table } from './writer.ts'

/** Reads what lies in a table. Files never change: each is read once. */
export function createTableReader(files: ReadonlyMap<string, Buffer>): () => Landed {
  const parsed = new Map<string, Landed>()
  return () => {
    const all: Landed = { rows: [], gaps: [], broken: [] }
    for (const [path, content] of files) {
      if (!path.startsWith(`${table}/`)) continue
      const key = `${path} ${content.length}`
      const one = parsed.get(key) ?? readLanded([[path, content]])
      parsed.set(key, one)
      all.rows.push(...one.rows)
      all.gaps.push(...one.gaps)
      all.broken.push(...one.broken)
    }
    return all
  }
}

const sourceSchema = z.object({
  event: z.object({ id: z.string() }),
  kafka: z.object({ partition: z.int(), offset: z.int() }),
})

/** Reads what lies in Elasticsearch, as rows of no chain. */
export function readDocuments(documents: Iterable<StoredDocument>): Landed {
  const landed: Landed = { rows: [], gaps: [], broken: [] }
  for (const { _index, _id, _source } of documents) {
    const path = `${_index}/${_id}`
    const { success, data } = sourceSchema.safeParse(_source)
    if (!success) landed.broken.push(`${path} is no event of ours`)
    else landed.rows.push({ path, generation: 1, skipped: 0, id: data.event.id, ...data.kafka })
    if (success && data.event.id !== _id) landed.broken.push(`${path} is event ${data.event.id}`)
  }
  return landed
}
