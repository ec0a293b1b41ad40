import { isbot } from 'isbot'
import { LRUCache } from 'lru-cache'
import { UAParser } from 'ua-parser-js'
import type { EventRecord } from '../../topic/record.ts'

type UserAgent = NonNullable<EventRecord['user_agent']>

/** Characters that are parsed. */
const parsedChars = 512
/** Characters that are written and that tell two user agents apart: a header may have 16 KB, and it is written with every event. */
const originalChars = 1_024

export interface UserAgentOptions {
  /** Whether `user_agent.original` is written. @default 'keep' */
  original?: 'keep' | 'drop'
  /** User agents remembered with what they were parsed to. @default 5000 */
  maxEntries?: number
}

/** `user_agent` of a record, as JSON. */
export type UserAgentText = string

/** A parser that remembers: the answer holds what is known and nothing else, undefined without a header. */
export function createUserAgentParser(
  options: UserAgentOptions = {},
): (header: string | undefined) => UserAgentText | undefined {
  const { original = 'keep', maxEntries = 5_000 } = options
  const cache = new LRUCache<string, UserAgentText>({ max: maxEntries })
  return header => {
    if (header === undefined || header === '') return undefined
    const key = header.length > originalChars ? detached(header.slice(0, originalChars)) : header
    let text = cache.get(key)
    if (text === undefined) {
      const parsed = parseUserAgent(key.slice(0, parsedChars))
      text = JSON.stringify(original === 'keep' ? { original: key, ...parsed } : parsed)
      cache.set(key, text)
    }
    return text
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
