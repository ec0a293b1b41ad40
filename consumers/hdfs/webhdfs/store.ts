import { type LandingStore, StoreError } from '../store.ts'
import { createWebHdfsClient, type WebHdfsClient, type WebHdfsClientOptions } from './client.ts'
import { createRemoteStore, type Dialect } from './remote-store.ts'

/** WebHDFS knows `renameoptions=NONE`: the rename that never overwrites (org.apache.hadoop.fs.Options.Rename). */
const dialect: Dialect = {
  kind: 'webhdfs',
  async create(client, path, chunks) {
    await client.call({ method: 'PUT', op: 'CREATE', path, params: { overwrite: 'false' }, body: chunks })
  },
  async rename(client, from, to) {
    try {
      if (await renameStrictly(client, from, to)) return 'landed'
    } catch (error) {
      if (error instanceof StoreError && error.code === 'refused') return 'lost'
      throw error
    }
    throw new StoreError('invalid', `RENAME ${from}: the server does not know renameoptions: is it an HttpFS?`)
  },
}

/**
 * Renames without ever overwriting. Rejects when `to` exists (`refused`) or `from` does not (`not_found`); false: the server
 * doesn't know renameoptions and did an old rename instead, or none.
 */
export async function renameStrictly(client: WebHdfsClient, from: string, to: string): Promise<boolean> {
  const params = { destination: to, renameoptions: 'NONE' }
  const answer = await client.callDirect({ method: 'PUT', op: 'RENAME', path: from, params })
  return answer.body.length === 0
}

export interface RemoteStoreOptions extends WebHdfsClientOptions {
  /** The table: an absolute path in HDFS, not the root. */
  path: string
}

/** Lands files through NameNode and DataNodes (WebHDFS). Several NameNodes of one cluster may be given. */
export function createWebHdfsStore(options: RemoteStoreOptions): LandingStore {
  return createRemoteStore({ client: createWebHdfsClient(options), table: options.path, dialect })
}
