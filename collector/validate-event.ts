import { limits, type PropertyValue } from '../sdk/event.ts'
import { checkText, Invalid, isObject, kindOf, repairedText, repairedUrl, requiredText } from './field.ts'

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

/** Checks one event of a batch with or without a `tab`. Throws {@link Invalid}; fields that it doesn't know are ignored. */
export function validateEvent(value: unknown, index: number, hasTab: boolean): ValidEvent {
  if (!isObject(value)) throw new Invalid('event', `is ${kindOf(value)}: send an object with an "action"`)
  return {
    index,
    n: validateN(value['n'], hasTab),
    ago: validateAgo(value['ago']),
    action: requiredText(value['action'], 'action', limits.nameChars),
    page: validatePage(value['page']),
    properties: validateProperties(value['properties']),
  }
}

function validateN(value: unknown, hasTab: boolean): number | undefined {
  if (value === undefined || value === null) {
    if (hasTab) throw new Invalid('n', 'is missing: a batch with a tab numbers its events 1, 2, 3 …')
    return undefined
  }
  if (!hasTab) throw new Invalid('n', 'stands without a tab: send both, or neither')
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) {
    throw new Invalid('n', 'must be a whole number from 1 to 2^53 − 1')
  }
  return value
}

function validateAgo(value: unknown): number {
  if (value === undefined || value === null) return 0
  if (typeof value !== 'number') throw new Invalid('ago', `is ${kindOf(value)}: send milliseconds as a number`)
  if (!Number.isFinite(value)) throw new Invalid('ago', 'is too large for a number: send milliseconds')
  return value
}

/**
 * Checks a page, of the envelope or of an event. Throws {@link Invalid} for wrong types only: odd characters of its texts
 * are replaced, long texts cut, and a URL that is too long or not absolute is left out. Undefined if nothing is left.
 */
export function validatePage(value: unknown): ValidPage | undefined {
  if (value === undefined || value === null) return undefined
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
  const { hostname, pathname } = new URL(full)
  const url: { full: string; domain?: string; path?: string } = { full }
  if (hostname !== '') url.domain = hostname.slice(0, limits.urlChars)
  if (pathname !== '') url.path = pathname.slice(0, limits.urlChars)
  return url
}

function validateProperties(value: unknown): Record<string, PropertyValue> | undefined {
  if (value === undefined || value === null) return undefined
  if (!isObject(value)) throw new Invalid('properties', `is ${kindOf(value)}: send an object`)
  const names = Object.keys(value)
  if (names.length > limits.properties) {
    throw new Invalid('properties', `has ${names.length} members, at most ${limits.properties} are allowed`)
  }
  for (const name of names) checkProperty(name, value[name])
  return names.length > 0 && hasCheckedValues(value) ? value : undefined
}

/** Tells the compiler what {@link checkProperty} has seen, so that the hot path needs no copy. */
function hasCheckedValues(_: Record<string, unknown>): _ is Record<string, PropertyValue> {
  return true
}

function checkProperty(name: string, value: unknown): void {
  if (name === '') throw new Invalid('properties', 'has an empty name')
  if (name.length > limits.nameChars) {
    throw new Invalid('properties', `has a name of ${name.length} characters, at most ${limits.nameChars} are allowed`)
  }
  checkText(name, 'properties has a name that', limits.nameChars)
  if (name === '__proto__') throw new Invalid('properties.__proto__', 'is a name that JavaScript reserves: rename it')
  if (typeof value === 'boolean') return
  if (typeof value === 'number') checkNumber(value, name)
  else if (typeof value === 'string') checkText(value, `properties.${name}`, limits.valueChars)
  else throw new Invalid(`properties.${name}`, `is ${kindOf(value)}: only strings, numbers and booleans are taken`)
}

function checkNumber(value: number, name: string): void {
  if (!Number.isFinite(value)) throw new Invalid(`properties.${name}`, 'is too large for a number: send it as a string')
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new Invalid(`properties.${name}`, 'is beyond 2^53 and would be altered: send it as a string')
  }
}
