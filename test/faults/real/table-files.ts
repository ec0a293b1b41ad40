import { z } from 'zod'

const listing = z.object({
  FileStatuses: z.object({
    FileStatus: z.array(z.object({ pathSuffix: z.string(), type: z.string(), length: z.int() })),
  }),
})

/** The files of a table in HDFS with their bytes, read with fetch: not with the code under test. Files never change, so each is fetched once. */
export function createTableReader(url: () => string, table: string): () => Promise<Map<string, Buffer>> {
  const known = new Map<string, Buffer>()

  async function read(path: string): Promise<void> {
    const response = await fetch(`${url()}/webhdfs/v1${path}?op=LISTSTATUS`)
    if (response.status === 404) return
    if (!response.ok) throw new Error(`LISTSTATUS ${path}: ${response.status}`)
    for (const { pathSuffix, type, length } of listing.parse(await response.json()).FileStatuses.FileStatus) {
      const child = `${path}/${pathSuffix}`
      if (type === 'DIRECTORY') await read(child)
      else if (known.get(child)?.length !== length) known.set(child, await bytesOf(child))
    }
  }

  async function bytesOf(path: string): Promise<Buffer> {
    const response = await fetch(`${url()}/webhdfs/v1${path}?op=OPEN`)
    if (!response.ok) throw new Error(`OPEN ${path}: ${response.status}`)
    return Buffer.from(await response.arrayBuffer())
  }

  return async () => {
    await read(table)
    return known
  }
}
