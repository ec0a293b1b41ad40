import { type LandingStore, StoreError } from '../store.ts'
import { createWebHdfsClient, parseBoolean } from '../webhdfs/client.ts'
import { createRemoteStore, type Dialect } from '../webhdfs/remote-store.ts'
import type { RemoteStoreOptions } from '../webhdfs/store.ts'

/** HttpFS takes a file in one step and knows the old rename only: it never overwrites a file, and says `false` without a reason. */
const dialect: Dialect = {
  kind: 'httpfs',
  async create(client, path, chunks) {
    const params = { overwrite: 'false', data: 'true' }
    await client.callDirect({ method: 'PUT', op: 'CREATE', path, params, body: chunks })
  },
  async rename(client, from, to) {
    const answer = await client.callDirect({ method: 'PUT', op: 'RENAME', path: from, params: { destination: to } })
    if (parseBoolean(`RENAME ${from}`, answer)) return 'landed'
    try {
      await client.status(to)
      return 'lost'
    } catch (cause) {
      throw new StoreError('refused', `RENAME ${from}: false, but ${to} does not exist or can't be looked at`, {
        cause,
      })
    }
  },
}

/** Lands files through HttpFS, for clusters whose DataNodes can't be reached. */
export function createHttpFsStore(options: RemoteStoreOptions): LandingStore {
  return createRemoteStore({ client: createWebHdfsClient(options), table: options.path, dialect })
}
