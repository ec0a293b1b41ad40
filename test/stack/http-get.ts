/** GET with five seconds for the whole answer. */
export function get(url: string): Promise<Response> {
  return fetch(url, { signal: AbortSignal.timeout(5_000) })
}
