import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { z } from 'zod'
import { recordSchema } from '../../topic/record.ts'

/** A landed row: the record and where it lies on the topic. Parsing it is the check that the line is whole. */
const rowSchema = recordSchema.extend({
  kafka: z.object({ topic: z.string(), partition: z.int(), offset: z.int(), skipped: z.int().positive().optional() }),
})
export type LandedRow = z.infer<typeof rowSchema>

function rowsOf(bytes: Buffer, name: string): LandedRow[] {
  const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
  if (!text.endsWith('\n')) throw new Error(`${name} does not end with a newline`)
  return text
    .slice(0, -1)
    .split('\n')
    .map(line => rowSchema.parse(JSON.parse(line)))
}

const isData = (name: string) => /^events-.*\.json(\.gz)?$/.test(name)

/** Every row below a local table folder; throws on a line that does not parse. */
export function localRows(eventsDir: string): LandedRow[] {
  if (!existsSync(eventsDir)) return []
  return readdirSync(eventsDir, { recursive: true, encoding: 'utf8' })
    .filter(path => isData(path.split('/').at(-1) ?? ''))
    .flatMap(path => rowsOf(readFileSync(join(eventsDir, path)), path))
}

const listing = z.object({
  FileStatuses: z.object({ FileStatus: z.array(z.object({ pathSuffix: z.string(), type: z.string() })) }),
})

/** Every row below an HDFS table folder, read through WebHDFS with fetch: not with the code under test. */
export async function hdfsRows(url: string, path: string): Promise<LandedRow[]> {
  const response = await fetch(`${url}/webhdfs/v1${path}?op=LISTSTATUS`)
  if (response.status === 404) return []
  const entries = listing.parse(await response.json()).FileStatuses.FileStatus
  const rows = await Promise.all(
    entries.map(async ({ pathSuffix, type }) => {
      const child = `${path}/${pathSuffix}`
      if (type === 'DIRECTORY') return hdfsRows(url, child)
      if (!isData(pathSuffix)) return []
      const file = await fetch(`${url}/webhdfs/v1${child}?op=OPEN`)
      if (!file.ok) throw new Error(`OPEN ${child}: ${file.status}`)
      return rowsOf(Buffer.from(await file.arrayBuffer()), pathSuffix)
    }),
  )
  return rows.flat()
}
