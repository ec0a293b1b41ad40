import type { LandingStore } from './store.ts'

/**
 * The same store, that says the path of every file which is surely there: landed by us or by somebody else, or read at
 * the start, so that what a crash left unsaid is said again. `announce` must not throw; it is not waited for.
 */
export function announcingStore(store: LandingStore, announce: (path: string) => void): LandingStore {
  return {
    ...store,
    async read(path, offset, length) {
      const bytes = await store.read(path, offset, length)
      announce(path)
      return bytes
    },
    async land(staged, path) {
      const outcome = await store.land(staged, path)
      announce(path)
      return outcome
    },
  }
}
