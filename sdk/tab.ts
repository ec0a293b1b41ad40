/**
 * A new tab id that fits `tabPattern`: `now` (ms since 1970) as nine characters of base 36, then eleven random ones (56 bits).
 * Weaker randomness, never an error, where the page has no `crypto`.
 */
export function newTab(now: number): string {
  const bytes = Array.from({ length: 11 }, () => Math.random() * 256)
  try {
    bytes.splice(0, 11, ...crypto.getRandomValues(new Uint8Array(11)))
  } catch {
    // Old or hardened browsers: the clock and Math.random still tell tabs apart.
  }
  return now.toString(36).padStart(9, '0') + bytes.map(byte => Math.floor(byte % 36).toString(36)).join('')
}
