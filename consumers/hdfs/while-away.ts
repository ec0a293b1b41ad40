import type { Logger } from 'pino'
import { backoffMs, wait } from '../backoff.ts'
import { StoreError } from './store.ts'

export interface WhileAwayOptions {
  signal: AbortSignal
  logger: Logger
  /** What is being tried, for the log. */
  what: string
  /** How to wait between tries. @default wait */
  wait?: typeof wait
  /** Called before each further try. @default nobody */
  onRetry?: () => void
}

/**
 * Calls until it works, with jittered back-off of at most 10 s. Rejects with what is not retriable, and with the
 * signal's reason once that aborts. Only for what may be done twice.
 */
export async function whileAway<T>(action: () => Promise<T>, options: WhileAwayOptions): Promise<T> {
  const { signal, logger, what } = options
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted()
    try {
      const result = await action()
      if (attempt > 0) logger.info({ what, attempts: attempt + 1 }, 'storage is back')
      return result
    } catch (error) {
      if (!(error instanceof StoreError) || !error.retriable) throw error
      logger.warn({ what, attempt, err: error }, 'storage is away, trying again')
    }
    await (options.wait ?? wait)(backoffMs(attempt), signal)
    options.onRetry?.()
  }
}
