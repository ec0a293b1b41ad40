import type { Logger } from 'pino'
import type { wait } from '../backoff.ts'
import { hourLengthMs } from './path.ts'
import { type LandingStore, type Staged, StoreError } from './store.ts'
import { whileAway } from './while-away.ts'

/** A staged file of others may be deleted when it is older. */
const stagedLifeMs = hourLengthMs
/** A writer gives its own up before that. */
const giveUpMs = 50 * 60_000

export interface LandingOptions {
  store: LandingStore
  logger: Logger
  now: () => number
  wait: typeof wait
  /** The storage was away: a step is tried again. */
  onRetry: () => void
  /** For tests: called between the steps. */
  failpoint: (name: 'after-stage' | 'before-rename' | 'after-rename') => void | Promise<void>
}

/** Steps 3 to 5 of the protocol (design §7.1): stage, rename, and what the answer means. */
export interface Landing {
  /**
   * Lands a file of this content under `path`, or not at all. `'lost'`: the path exists, or the answer is not known. Waits
   * for a storage that is away until the file is staged; rejects with the signal's reason when that aborts before the rename.
   */
  land(path: string, content: readonly Uint8Array[], signal: AbortSignal): Promise<'landed' | 'lost'>
  /** Writes a small file that says the same whoever writes it; somebody may have done so. Waits for a storage that is away. */
  note(path: string, content: Uint8Array, signal: AbortSignal): Promise<void>
  /** Removes what dead writers left staged, at most once an hour. Never rejects. */
  sweep(): Promise<void>
}

export function createLanding(options: LandingOptions): Landing {
  const { store, logger, now, failpoint } = options
  let sweptMs = Number.NEGATIVE_INFINITY

  async function discard(staged: Staged): Promise<void> {
    try {
      await store.discard(staged)
    } catch (err) {
      logger.debug({ staged: staged.path, err }, 'staged file left behind: it is removed when an hour old')
    }
  }

  async function stage(path: string, content: readonly Uint8Array[], signal: AbortSignal) {
    const name = path.slice(path.lastIndexOf('/') + 1)
    const waiting = { signal, logger, wait: options.wait, onRetry: options.onRetry, what: `stage ${name}` }
    return whileAway(async () => {
      const stagedMs = now()
      return { staged: await store.stage(name, content), stagedMs }
    }, waiting)
  }

  async function rename(staged: Staged, path: string): Promise<'landed' | 'lost'> {
    try {
      return await store.land(staged, path)
    } catch (err) {
      if (!(err instanceof StoreError && err.retriable)) throw err
      logger.warn({ path, err }, 'landing ended in an unknown answer')
      return 'lost'
    }
  }

  async function land(path: string, content: readonly Uint8Array[], signal: AbortSignal): Promise<'landed' | 'lost'> {
    const { staged, stagedMs } = await stage(path, content, signal)
    let landed = false
    try {
      await failpoint('after-stage')
      signal.throwIfAborted()
      if (now() - stagedMs > giveUpMs) return 'lost'
      await failpoint('before-rename')
      landed = (await rename(staged, path)) === 'landed'
      await failpoint('after-rename')
      return landed ? 'landed' : 'lost'
    } finally {
      if (!landed) await discard(staged)
    }
  }

  return {
    land,
    async note(path, content, signal) {
      const { staged } = await stage(path, [content], signal)
      const outcome = await rename(staged, path)
      if (outcome === 'lost') await discard(staged)
    },
    async sweep() {
      if (now() - sweptMs < stagedLifeMs) return
      sweptMs = now()
      try {
        const removed = await store.removeStagedBefore(now() - stagedLifeMs)
        if (removed > 0) logger.info({ removed }, 'staged files of dead writers removed')
      } catch (err) {
        logger.warn({ err }, 'staged files of dead writers could not be removed')
      }
    },
  }
}
