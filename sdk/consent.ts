import { options } from './options.ts'
import { kept } from './storage.ts'

/** The key of the visitor's choice: `optOut`, an empty text for consent, none for nothing yet. */
export const choiceKey = 'clicktrail'

/**
 * Why the visitor's events must not leave the browser: `gpc` or `optOut`; nothing else is true. Looks into storage, which
 * has no place in a click or at start. Global Privacy Control outranks `optIn()`.
 */
export function refusal(): string | undefined {
  return options.gpc !== 'ignore' && navigator.globalPrivacyControl ? 'gpc' : kept(choiceKey)
}

declare global {
  interface Navigator {
    /** https://w3c.github.io/gpc/ */
    globalPrivacyControl?: boolean
  }
}
