const key = 'clicktrail.optOut'
let stored = false
let unstored = false

/** Why the visitor's events must not leave the browser. */
export type Refusal = 'global_privacy_control' | 'opted_out'

/** What stands in the way as far as is known; cheap enough for a click. Global Privacy Control outranks `optIn()`. */
export function knownRefusal(): Refusal | undefined {
  if ('globalPrivacyControl' in navigator && navigator.globalPrivacyControl === true) return 'global_privacy_control'
  return stored || unstored ? 'opted_out' : undefined
}

/** The same, after looking into storage, which has no place in a click or at start. */
export function refusal(): Refusal | undefined {
  try {
    stored = localStorage.getItem(key) !== null
  } catch {
    // Storage throws in sandboxed frames and where it is blocked: the choice then lasts as long as the page.
  }
  return knownRefusal()
}

/** Keeps the visitor's choice for all pages of this origin, or for this page alone where nothing can be stored. */
export function remember(optedOut: boolean): void {
  stored = unstored = false
  try {
    if (optedOut) localStorage.setItem(key, '1')
    else localStorage.removeItem(key)
    stored = optedOut
  } catch {
    unstored = optedOut
  }
}
