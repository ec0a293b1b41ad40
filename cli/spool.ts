import { join } from 'node:path'
import type { Logger } from 'pino'
import { openSpool, type Spool } from '../collector/spool/spool.ts'
import type { TopicWriter } from '../topic/topic.ts'
import { type Config, ConfigError } from './config.ts'

/**
 * The collector's spool in the data folder, one for each topic. None with the embedded topic, which is a disk already, or when it is off.
 * @throws ConfigError when its folder can't be had
 */
export function openCollectorSpool(config: Config, writer: TopicWriter, logger: Logger): Spool | undefined {
  const { kafka, spoolMaxBytes, dataDir, topic } = config
  if (!kafka || spoolMaxBytes === 0) return undefined
  try {
    return openSpool({ dir: join(dataDir, 'spool', topic), maxBytes: spoolMaxBytes, writer, logger })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new ConfigError([
      `CLICKTRAIL_DATA_DIR is ${dataDir}, where the spool can't be opened (CLICKTRAIL_SPOOL_MAX_BYTES=0 turns it off): ${why}`,
    ])
  }
}
