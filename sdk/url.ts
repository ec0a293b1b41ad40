import { options } from './options.ts'

/** Where the visitor is, as far as page views were recorded, and where from. Empty before `init`. */
export let url = ''
export let referrer = ''

/**
 * The URL without what is nobody's business: of its query only the parameters that the website listed, the fragment
 * only where it is the route.
 */
export function plain(full: string): string {
  const kept = new RegExp(`[?&](${options.query})=[^&#]*${options.hash ? '|#.*' : ''}`, 'g')
  return full.replace(/[?#].*/s, rest => (rest.match(kept) || []).join('').replace(/^&/, '?'))
}

/** The visitor is where the browser says now, coming from the page before. */
export function turn(): void {
  referrer = url || plain(document.referrer)
  url = plain(location.href)
}
