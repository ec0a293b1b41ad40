import { backoffMs, wait } from '../../backoff.ts'
import { type LandingStore, StoreError } from '../store.ts'
import { DamagedFile } from './lines.ts'

const attempts = 3

/**
 * Reads of a store that try again. What stays away while the storage answers rejects with a {@link DamagedFile} `unreadable`; else it is
 * the storage that is away, with a {@link StoreError}. `wait` is between the tries.
 */
export function patientRead(store: LandingStore, sleep: typeof wait = wait): LandingStore['read'] {
  return async (path, offset, length) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await store.read(path, offset, length)
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        const passes = error.retriable && error.code !== 'not_found'
        if (!passes || attempt === attempts) {
          await store.list('')
          throw new DamagedFile('unreadable', error.message, { cause: error })
        }
      }
      await sleep(backoffMs(attempt), new AbortController().signal)
    }
  }
}
