import { urlParts } from './url-parts.ts'

/** What a client sent can't be taken: `where` is the path of the field, the message says what is wrong and what to send. */
export class Invalid extends Error {
  override readonly name = 'Invalid'
  readonly where: string

  constructor(where: string, what: string) {
    super(`${where} ${what}`)
    this.where = where
  }
}

/** An object of JSON: neither null nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What JSON has for a field that is left out. */
export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null
}

/** What a value of JSON is, as a message names it. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object') return 'an object'
  return `a ${typeof value}`
}

/** Whether neither UTF-8 nor a storage would alter the text: half surrogate pairs have no UTF-8 form, and NUL ends strings in some of the storages. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

/** Refuses text that is too long in UTF-16 code units. */
export function checkLength(text: string, where: string, maxChars: number): void {
  if (text.length > maxChars) {
    throw new Invalid(where, `is ${text.length} characters long, at most ${maxChars} are allowed: shorten it`)
  }
}

function presentText(value: unknown, where: string): string | undefined {
  if (isAbsent(value) || value === '') return undefined
  if (typeof value !== 'string') throw new Invalid(where, `is ${kindOf(value)}: send a string`)
  return value
}

/** A string that is kept as it is, or undefined for what is absent, null or empty: absent is absent. */
export function optionalText(value: unknown, where: string, maxChars: number): string | undefined {
  const text = presentText(value, where)
  if (text === undefined) return undefined
  checkLength(text, where, maxChars)
  if (!isStorable(text)) throw new Invalid(where, 'holds a NUL or half a surrogate pair: send well-formed text')
  return text
}

/**
 * The same for text of a page or a visitor, whose one odd character shall cost no event: NUL and half surrogate pairs
 * become U+FFFD, and what is too long is cut, never inside a pair. Only another type is refused.
 */
export function repairedText(value: unknown, where: string, maxChars: number): string | undefined {
  const text = presentText(value, where)
  if (text === undefined) return undefined
  const pairAtEnd = (text.codePointAt(maxChars - 1) ?? 0) > 0xffff
  return repair(text.slice(0, pairAtEnd ? maxChars - 1 : maxChars))
}

/** The same for an absolute URL, except that one too long or not absolute counts as absent: a part of it would mislead. */
export function repairedUrl(value: unknown, where: string, maxChars: number): string | undefined {
  const text = presentText(value, where)
  if (text === undefined || text.length > maxChars) return undefined
  const url = repair(text)
  return urlParts(url) === undefined ? undefined : url
}

/** The text with U+FFFD in the place of each NUL and half surrogate pair: as long as before. */
export function repair(text: string): string {
  return isStorable(text) ? text : text.toWellFormed().replaceAll('\0', '\ufffd')
}

/** A string of at least one character. */
export function requiredText(value: unknown, where: string, maxChars: number): string {
  const text = optionalText(value, where, maxChars)
  if (text === undefined) throw new Invalid(where, `is ${value === '' ? 'empty' : kindOf(value)}: send a string`)
  return text
}
