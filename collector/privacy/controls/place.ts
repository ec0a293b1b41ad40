import { choiceKey, type Held, heldIn } from './held.ts'

/** Where a page may keep texts: none where the browser refuses it. */
function places(): Storage[] {
  const found: Storage[] = []
  for (const name of ['localStorage', 'sessionStorage'] as const) {
    try {
      found.push(window[name])
    } catch {
      // Refused as in a sandboxed frame: then there is nothing to show either.
    }
  }
  return found
}

/** What the tracker holds in this browser for the pages of this origin. */
export function held(): Held[] {
  return heldIn(Object.assign({}, ...places().reverse()))
}

/** Deletes what the tracker holds, but for a refusal: that is what keeps it from coming back. */
export function deleteHeld(): void {
  for (const { keys, texts } of held()) {
    if (keys[0] === choiceKey && texts[0] === 'optOut') continue
    for (const place of places()) for (const key of keys) place.removeItem(key)
  }
}
