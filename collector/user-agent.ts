import { isbot } from 'isbot'
import { LRUCache } from 'lru-cache'
import { UAParser } from 'ua-parser-js'
import type { EventRecord } from '../topic/record.ts'

type UserAgent = NonNullable<EventRecord['user_agent']>

/** Characters that are parsed, and that tell two user agents apart. */
const parsedChars = 512
/** Characters of `user_agent.original`: a header may have 16 KB, and it is written with every event. */
const originalChars = 1_024

export interface UserAgentOptions {
  /** Whether `user_agent.original` is written. @default 'keep' */
  original?: 'keep' | 'drop'
  /** User agents remembered with what they were parsed to. @default 5000 */
  maxEntries?: number
}

/** A parser that remembers: the answer holds what is known and nothing else, undefined without a header. */
export function createUserAgentParser(
  options: UserAgentOptions = {},
): (header: string | undefined) => UserAgent | undefined {
  const { original = 'keep', maxEntries = 5_000 } = options
  const cache = new LRUCache<string, UserAgent>({ max: maxEntries })
  return header => {
    if (header === undefined || header === '') return undefined
    const key = header.length > parsedChars ? detached(header.slice(0, parsedChars)) : header
    let parsed = cache.get(key)
    if (parsed === undefined) {
      parsed = parseUserAgent(key)
      cache.set(key, parsed)
    }
    return original === 'keep' ? { original: header.slice(0, originalChars), ...parsed } : parsed
  }
}

/** A slice keeps its whole parent string alive in V8; in a cache that would be up to 16 KB an entry. */
function detached(slice: string): string {
  return Buffer.from(slice).toString()
}

/** Browser, system and device in ECS names. A known system without a device type is a desktop: the parser leaves those empty. */
export function parseUserAgent(text: string): UserAgent {
  const { browser, os, device } = UAParser(text)
  const parsed: UserAgent = {}
  if (browser.name) parsed.name = browser.name
  if (browser.version) parsed.version = browser.version
  if (os.name) parsed.os = os.version ? { name: os.name, version: os.version } : { name: os.name }
  const type = device.type ?? (os.name ? 'desktop' : undefined)
  if (device.model || type) {
    parsed.device = {}
    if (device.model) parsed.device.name = device.model
    if (type) parsed.device.type = type
  }
  parsed.bot = isbot(text)
  return parsed
}
