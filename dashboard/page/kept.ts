/** What the browser keeps under a name; null where it keeps nothing or refuses to (private windows, blocked storage). */
export function readKept(name: string): string | null {
  try {
    return localStorage.getItem(`clicktrail-dashboard-${name}`)
  } catch {
    // A browser that keeps nothing shows the page as it is at first.
    return null
  }
}

/** Keeps a text for the next visit, if the browser does. */
export function keep(name: string, text: string): void {
  try {
    localStorage.setItem(`clicktrail-dashboard-${name}`, text)
  } catch {
    // Then it is for this visit only.
  }
}
