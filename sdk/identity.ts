import { newId } from './id.ts'
import { options } from './options.ts'
import type { Place } from './storage.ts'

const key = 'clicktrail.id'
const idleMs = 1_800_000

/**
 * The visitor's id, and that of the session, which ends after 30 minutes without a batch: both kept in the storage that
 * the website chose. Throws without a choice, and where the browser refuses.
 */
export function identity(): { visitor: string | undefined; session: string | undefined } {
  const now = Date.now()
  const kept: Place = window[`${options.storage as 'local'}Storage`]
  const [visitor, latest, seen] = (kept[key] || newId(now)).split(' ')
  const session = now - (seen as unknown as number) < idleMs ? latest : newId(now)
  kept[key] = `${visitor} ${session} ${now}`
  return { visitor, session }
}

/** Removes both ids from where they are kept. Throws where there is no such place. */
export function forgetIdentity(): void {
  delete window[`${options.storage as 'local'}Storage`][key]
}
