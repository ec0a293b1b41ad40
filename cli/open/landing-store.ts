import type { Logger } from 'pino'
import { connectHdfs } from '../../consumers/hdfs/connect.ts'
import { createLocalStore } from '../../consumers/hdfs/local/store.ts'
import type { LandingStore } from '../../consumers/hdfs/store.ts'
import type { Config } from '../config/config.ts'
import { reach } from './reach.ts'

/** Where files land: on HDFS where it is configured, else in `<data>/events`. Waits for an HDFS that is away until `signal` aborts. */
export async function openLandingStore(config: Config, logger: Logger, signal: AbortSignal): Promise<LandingStore> {
  const { urls, ...hdfs } = config.hdfs
  return urls ? connectHdfs({ urls, ...hdfs, logger, signal }) : createLocalStore({ dir: config.eventsDir })
}

/** What a tool waits for an HDFS that is away, milliseconds. */
const patienceMs = 15_000

/** The store, for a tool. Rejects with what to check when it does not answer soon. */
export async function reachLandingStore(config: Config, logger: Logger): Promise<LandingStore> {
  const { urls } = config.hdfs
  const opening = openLandingStore(config, logger, AbortSignal.timeout(patienceMs))
  return urls ? reach('HDFS_URL', urls, opening) : opening
}

/** The store of a table that is there. Rejects with what to check when it does not answer soon, or holds nothing. */
export async function openTable(config: Config, logger: Logger): Promise<LandingStore> {
  const store = await reachLandingStore(config, logger)
  if ((await store.list('')).length > 0) return store
  const where = config.hdfs.urls ? 'is HDFS_PATH right?' : 'is CLICKTRAIL_DATA_DIR right, or should HDFS_URL be set?'
  throw new Error(`there is nothing at ${store.description}: ${where}`)
}
