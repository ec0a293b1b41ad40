import { randomUUID } from 'node:crypto'
import { posix } from 'node:path'
import { insideTable, type LandingStore, replacedOf, type Staged, StoreError, stagingOf } from '../store.ts'
import type { WebHdfsClient } from './client.ts'

/** What WebHDFS and HttpFS do each in their own way; the rest is the same. */
export interface Dialect {
  /** `webhdfs` or `httpfs`, for logs. */
  readonly kind: string
  /** Writes a new file, never overwriting. */
  create(client: WebHdfsClient, path: string, chunks: readonly Uint8Array[]): Promise<void>
  /** As {@link LandingStore.land}, with absolute paths; the folder of `to` exists. */
  rename(client: WebHdfsClient, from: string, to: string): Promise<'landed' | 'lost'>
}

/** A landing store over the WebHDFS REST API. `table` is its absolute path in HDFS. */
export function createRemoteStore(options: { client: WebHdfsClient; table: string; dialect: Dialect }): LandingStore {
  const { client, dialect } = options
  const staging = stagingOf(options.table)
  const table = options.table.replace(/\/+$/, '')
  const replaced = replacedOf(options.table)
  const at = (path: string) => (path === '' ? table : `${table}/${path}`)

  async function listStaged() {
    const files = (await client.list(staging)).filter(one => one.type === 'FILE')
    return files.map(one => ({
      path: `${staging}/${one.pathSuffix}`,
      length: one.length,
      writtenMs: one.modificationTime,
    }))
  }

  return {
    description: `${dialect.kind} ${client.urls.join(',')}${table}`,

    async list(folder) {
      const statuses = await client.list(at(folder))
      return statuses.map(one => ({ name: one.pathSuffix, directory: one.type === 'DIRECTORY', length: one.length }))
    },

    async read(path, offset, length) {
      const params = { offset: String(offset), length: String(length) }
      const { body } = await client.call({ method: 'GET', op: 'OPEN', path: at(path), params })
      if (body.length === length) return body
      throw new StoreError('unavailable', `OPEN ${at(path)}: ${body.length} bytes of ${length}`)
    },

    async stage(name, chunks) {
      const path = `${staging}/${name}.${randomUUID()}`
      try {
        await dialect.create(client, path, chunks)
        const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
        const status = await client.status(path)
        // A connection that is cut leaves a short, closed file that looks finished.
        if (status.length === length) return { path }
        throw new StoreError('short_write', `CREATE ${path}: ${status.length} bytes of ${length}`)
      } catch (error) {
        // A full cluster would fill up with the tries.
        await client.remove(path).catch(() => {})
        throw error
      }
    },

    async land(staged: Staged, path) {
      await client.makeFolder(at(path.slice(0, Math.max(0, path.lastIndexOf('/')))))
      return dialect.rename(client, staged.path, at(path))
    },

    discard: staged => client.remove(staged.path),

    async removeStagedBefore(timeMs) {
      const old = (await listStaged()).filter(one => one.writtenMs < timeMs)
      for (const one of old) await client.remove(one.path)
      return old.length
    },

    listStaged,

    async setAside(path, name) {
      const to = `${replaced}/${insideTable(`${name}/${path}`)}`
      // HttpFS gives no reason for a rename that it refuses.
      await client.status(at(path))
      await client.makeFolder(posix.dirname(to))
      if ((await dialect.rename(client, at(path), to)) === 'landed') return to
      throw new StoreError('refused', `RENAME ${at(path)}: ${to} exists`)
    },

    async removeFolder(folder) {
      const path = at(insideTable(folder))
      await client.callDirect({ method: 'DELETE', op: 'DELETE', path, params: { recursive: 'true' } })
    },

    close: async () => {},
  }
}
