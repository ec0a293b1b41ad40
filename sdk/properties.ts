import { clean } from './clean.ts'
import { limits, type PropertyValue } from './event.ts'

/**
 * A copy that keeps the contract: at most 32 properties, strings cleaned and cut to 1,024 characters, names to 128.
 * Integers beyond ±(2^53 − 1) become strings. Whatever is no string, boolean or finite number is left out, and so are
 * the names that the collector refuses. Undefined when nothing is left.
 */
export function flatProperties(properties: unknown): Record<string, PropertyValue> | undefined {
  const kept: [string, PropertyValue][] = []
  for (const [name, value] of Object.entries<unknown>(Object(properties))) {
    const flat = flatValue(value)
    if (flat !== undefined && name && name !== '__proto__') kept.push([clean(name, limits.nameChars), flat])
  }
  return kept[0] && Object.fromEntries(kept.slice(0, limits.properties))
}

function flatValue(value: unknown): PropertyValue | undefined {
  if (typeof value === 'string') return clean(value, limits.valueChars)
  if (typeof value === 'boolean') return value
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? String(value) : value
}

/** Reads declared properties: `data-track-color-name="red"` becomes `color_name: 'red'`. All values are strings. */
export function declaredProperties(attributes: Iterable<{ name: string; value: string }>): Record<string, string> {
  const properties: Record<string, string> = {}
  for (const { name, value } of attributes) {
    const [, property] = /^data-track-(.+)/.exec(name) ?? []
    if (property) properties[property.replace(/-/g, '_')] = value
  }
  return properties
}
