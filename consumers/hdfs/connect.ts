import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { createHttpFsStore } from './httpfs/store.ts'
import { type LandingStore, StoreError, stagingOf } from './store.ts'
import { createWebHdfsClient } from './webhdfs/client.ts'
import { createWebHdfsStore, type RemoteStoreOptions, renameStrictly } from './webhdfs/store.ts'
import { whileAway } from './while-away.ts'

export interface ConnectHdfsOptions extends RemoteStoreOptions {
  logger: Logger
  /** Ends the waiting: the promise rejects with its reason. */
  signal?: AbortSignal
}

/**
 * The store of an HDFS whose addresses are WebHDFS's or HttpFS's: asks which. Waits for a server that is down or in safe mode;
 * rejects with a {@link StoreError} when it may never be used.
 */
export async function connectHdfs(options: ConnectHdfsOptions): Promise<LandingStore> {
  const { logger, signal = new AbortController().signal } = options
  const strict = await whileAway(() => knowsStrictRename(options), { signal, logger, what: 'connect to HDFS' })
  const store = strict ? createWebHdfsStore(options) : createHttpFsStore(options)
  logger.info({ store: store.description }, 'HDFS connected')
  return store
}

/** Renames a file that does not exist: WebHDFS says so (404), HttpFS doesn't know renameoptions and says `false`. */
async function knowsStrictRename(options: RemoteStoreOptions): Promise<boolean> {
  const nothing = `${stagingOf(options.path)}/probe.${randomUUID()}`
  try {
    return await renameStrictly(createWebHdfsClient(options), nothing, `${nothing}.moved`)
  } catch (error) {
    if (error instanceof StoreError && error.code === 'not_found') return true
    throw error
  }
}
