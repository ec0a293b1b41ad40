import { LRUCache } from 'lru-cache'

/** What a record keeps of a URL beside its text. */
export interface UrlParts {
  hostname: string
  pathname: string
}

/** URLs remembered, and the characters up to which one is: together a few MB. */
const maxEntries = 5_000
const maxChars = 256

const none = { hostname: '', pathname: '', absolute: false }
const cache = new LRUCache<string, UrlParts & { absolute: boolean }>({ max: maxEntries })

/** The parts of an absolute URL, percent-encoded (WHATWG URL); undefined for another text. Remembered: visitors are on the same pages. */
export function urlParts(text: string): UrlParts | undefined {
  let parts = cache.get(text)
  if (parts === undefined) {
    parts = parse(text)
    if (text.length <= maxChars) cache.set(text, parts)
  }
  return parts.absolute ? parts : undefined
}

function parse(text: string): UrlParts & { absolute: boolean } {
  if (!URL.canParse(text)) return none
  const { hostname, pathname } = new URL(text)
  return { hostname, pathname, absolute: true }
}
