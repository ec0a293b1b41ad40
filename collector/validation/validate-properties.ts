import { limits, type PropertyValue } from '../../sdk/event.ts'
import { checkLength, Invalid, isAbsent, isObject, isStorable, kindOf, repair } from './field.ts'

/**
 * Checks the properties of an event. Null values count as absent, and NUL and half surrogate pairs in names and texts
 * become U+FFFD; of names that become the same, the last one wins. Answers the very object that was sent where nothing is
 * to be mended, and undefined where nothing is left. Whole numbers from ±2^53 on become text where `exact`: the sender's
 * numbers are JavaScript's own (there is a tab), so that reading them has altered nothing. Throws {@link Invalid} for such
 * a number of another sender, for another type, and for what is too much.
 */
export function validateProperties(value: unknown, exact: boolean): Record<string, PropertyValue> | undefined {
  if (isAbsent(value)) return undefined
  if (!isObject(value)) throw new Invalid('properties', `is ${kindOf(value)}: send an object`)
  const names = Object.keys(value)
  if (names.length > limits.properties) checkCount(value)
  let sound = names.length > 0
  for (const name of names) sound = isSound(name, value[name], exact) && sound
  return sound && hasCheckedValues(value) ? value : mended(value)
}

function checkCount(properties: Record<string, unknown>): void {
  const count = Object.values(properties).filter(value => value !== null).length
  if (count > limits.properties) {
    throw new Invalid('properties', `has ${count} members, at most ${limits.properties} are allowed`)
  }
}

/** Tells the compiler what {@link isSound} has seen, so that the hot path needs no copy. */
function hasCheckedValues(_: Record<string, unknown>): _ is Record<string, PropertyValue> {
  return true
}

/** Whether a property can be taken as it is; else it can be mended. Throws for one that can't be taken at all. */
function isSound(name: string, value: unknown, exact: boolean): boolean {
  if (value === null) return false
  if (name === '') throw new Invalid('properties', 'has an empty name')
  checkLength(name, 'properties has a name that', limits.nameChars)
  if (name === '__proto__') throw new Invalid('properties.__proto__', 'is a name that JavaScript reserves: rename it')
  if (typeof value === 'string') {
    checkLength(value, `properties.${name}`, limits.valueChars)
    return isStorable(name) && isStorable(value)
  }
  if (typeof value === 'number') return isSoundNumber(name, value, exact) && isStorable(name)
  if (typeof value !== 'boolean') {
    throw new Invalid(`properties.${name}`, `is ${kindOf(value)}: only strings, numbers and booleans are taken`)
  }
  return isStorable(name)
}

function isSoundNumber(name: string, value: number, exact: boolean): boolean {
  if (!Number.isFinite(value)) throw new Invalid(`properties.${name}`, 'is too large for a number: send it as a string')
  if (!isBeyondExact(value)) return true
  if (exact) return false
  throw new Invalid(`properties.${name}`, 'is beyond 2^53 and would be altered: send it as a string')
}

function isBeyondExact(value: number): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value)
}

function mended(checked: Record<string, unknown>): Record<string, PropertyValue> | undefined {
  const properties: Record<string, PropertyValue> = {}
  for (const [name, value] of Object.entries(checked)) {
    if (typeof value === 'string') properties[repair(name)] = repair(value)
    else if (typeof value === 'number') properties[repair(name)] = isBeyondExact(value) ? String(value) : value
    else if (typeof value === 'boolean') properties[repair(name)] = value
  }
  return Object.keys(properties).length > 0 ? properties : undefined
}
