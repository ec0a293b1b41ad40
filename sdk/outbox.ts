import { lose } from './losses.ts'
import { options } from './options.ts'
import { drop, kept, keys } from './storage.ts'

const maxBatches = 64
const maxChars = 262_144
const maxAgeMs = 604_800_000

/** How long ago the batch was sealed, ms: its key begins with that time. */
export const ageOf = (key: string): number => Date.now() - (key.split(' ')[0] as unknown as number)

/** Where the batch goes, with its age. */
export const urlOf = (key: string): string => `${options.endpoint}?age=${ageOf(key)}`

/**
 * The keys of this endpoint's batches, newest first: at most 64, 256 Ki characters and 7 days old. What is beyond that
 * is given up here.
 */
export function undelivered(): string[] {
  let batches = maxBatches
  let chars = maxChars
  return (
    keys()
      .sort()
      .reverse()
      // biome-ignore lint/suspicious/useIterableCallbackReturn: each explicit return is sent to every visitor.
      .filter(key => {
        if (key.split(' ')[1] === String(options.endpoint)) {
          const body = kept(key) as string
          if (batches-- > 0 && chars > 0 && ageOf(key) < maxAgeMs) {
            chars -= body.length
            return true
          }
          drop(key)
          lose('full', JSON.parse(body).events.length)
        }
      })
  )
}
