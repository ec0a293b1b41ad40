import { limits, type PropertyValue } from '../../sdk/event.ts'
import { actionOf, type EventDefaults, numberOf } from './event-defaults.ts'
import { Invalid, isAbsent, isObject, kindOf, repairedText, repairedUrl } from './field.ts'
import { urlParts } from './url-parts.ts'
import { validateProperties } from './validate-properties.ts'

/** A page that was checked, its URL already taken apart. */
export interface ValidPage {
  url?: { full: string; domain?: string; path?: string }
  referrer?: string
  title?: string
  language?: string
}

/** An event that was checked. `ago` is not clamped yet. */
export interface ValidEvent {
  /** Position in the request's `events`. */
  index: number
  /** Present if and only if the batch has a `tab`. */
  n: number | undefined
  ago: number
  action: string
  page: ValidPage | undefined
  properties: Record<string, PropertyValue> | undefined
}

/** Checks the event at `index` of a batch. Throws {@link Invalid}; fields that it doesn't know are ignored. */
export function validateEvent(value: unknown, index: number, defaults: EventDefaults): ValidEvent {
  if (!isObject(value)) throw new Invalid('event', `is ${kindOf(value)}: send an object with an "action"`)
  return {
    index,
    n: numberOf(value['n'], index, defaults),
    ago: validateAgo(value['ago']),
    action: actionOf(value['action'], defaults),
    page: validatePage(value['page']),
    properties: validateProperties(value['properties'], defaults.hasTab),
  }
}

function validateAgo(value: unknown): number {
  if (isAbsent(value)) return 0
  if (typeof value !== 'number') throw new Invalid('ago', `is ${kindOf(value)}: send milliseconds as a number`)
  if (!Number.isFinite(value)) throw new Invalid('ago', 'is too large for a number: send milliseconds')
  return value
}

/**
 * Checks a page, of the envelope or of an event. Throws {@link Invalid} for wrong types only: odd characters of its texts
 * are replaced, long texts cut, and a URL that is too long or not absolute is left out. Undefined if nothing is left.
 */
export function validatePage(value: unknown): ValidPage | undefined {
  if (isAbsent(value)) return undefined
  if (!isObject(value)) throw new Invalid('page', `is ${kindOf(value)}: send an object`)
  const url = repairedUrl(value['url'], 'page.url', limits.urlChars)
  const referrer = repairedUrl(value['referrer'], 'page.referrer', limits.urlChars)
  const title = repairedText(value['title'], 'page.title', limits.valueChars)
  const language = repairedText(value['language'], 'page.language', limits.nameChars)
  const page: ValidPage = {}
  if (url !== undefined) page.url = takeApart(url)
  if (referrer !== undefined) page.referrer = referrer
  if (title !== undefined) page.title = title
  if (language !== undefined) page.language = language
  return page.url || page.referrer || page.title || page.language ? page : undefined
}

/**
 * Any absolute URL: pages of apps and files (`file:`, `about:`) have one too, though without a domain. The parts are
 * percent-encoded, up to nine characters for one, and therefore cut to the limit of the whole.
 */
function takeApart(full: string): { full: string; domain?: string; path?: string } {
  const { hostname = '', pathname = '' } = urlParts(full) ?? {}
  const url: { full: string; domain?: string; path?: string } = { full }
  if (hostname !== '') url.domain = hostname.slice(0, limits.urlChars)
  if (pathname !== '') url.path = pathname.slice(0, limits.urlChars)
  return url
}
