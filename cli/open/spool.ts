import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { leftBehind } from '../../collector/spool/left-behind.ts'
import { openSpool, type Spool } from '../../collector/spool/spool.ts'
import type { TopicWriter } from '../../topic/topic.ts'
import { type Config, ConfigError } from '../config/config.ts'

type SpoolConfig = Pick<Config, 'kafka' | 'spoolMaxBytes' | 'dataDir' | 'topic'>

/**
 * The collector's spool in the data folder, one for each topic. None with the embedded topic, which is a disk already. When it is off,
 * what an earlier run left for this topic is drained, and nothing more is taken. What waits for other topics is warned of in the log.
 * @throws ConfigError when its folder can't be had, unless it is off
 */
export function openCollectorSpool(config: SpoolConfig, writer: TopicWriter, logger: Logger): Spool | undefined {
  const { kafka, spoolMaxBytes, dataDir, topic } = config
  const folder = join(dataDir, 'spool')
  void warnOfLeftBehind(folder, kafka ? topic : undefined, logger)
  if (!kafka) return undefined
  const dir = join(folder, topic)
  if (spoolMaxBytes === 0 && !existsSync(dir)) return undefined
  try {
    return openSpool({ dir, maxBytes: spoolMaxBytes, writer, logger })
  } catch (error) {
    if (spoolMaxBytes === 0) {
      logger.error({ err: error, dir }, 'the spool is off, and what an earlier run left in it can not be sent')
      return undefined
    }
    const why = error instanceof Error ? error.message : String(error)
    throw new ConfigError([
      `CLICKTRAIL_DATA_DIR is ${dataDir}, where the spool can't be opened (CLICKTRAIL_SPOOL_MAX_BYTES=0 turns it off): ${why}`,
    ])
  }
}

/** What was acknowledged before the topic was changed waits for ever, unless somebody knows. */
async function warnOfLeftBehind(folder: string, drained: string | undefined, logger: Logger): Promise<void> {
  for (const { topic, dir, records } of await leftBehind(folder, drained)) {
    logger.warn(
      { topic, dir, records },
      `acknowledged events wait in the spool of another topic and are not sent, unless another collector does: to send them, run the collector with CLICKTRAIL_TOPIC=${topic} and its brokers; to give them up, remove the folder`,
    )
  }
}
