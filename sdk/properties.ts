import { limits, type PropertyValue } from './event.ts'

/**
 * A copy that keeps the contract: strings are cut to 1,024 characters, names to 128, at most 32 properties; whatever
 * is no string, boolean or finite number is left out. Undefined when nothing is left.
 */
export function flatProperties(properties: unknown): Record<string, PropertyValue> | undefined {
  const kept: [string, PropertyValue][] = []
  for (const [name, value] of Object.entries<unknown>(Object(properties))) {
    const flat = typeof value === 'string' ? value.slice(0, limits.valueChars) : value
    if (typeof flat === 'string' || typeof flat === 'boolean' || (typeof flat === 'number' && Number.isFinite(flat))) {
      kept.push([name.slice(0, limits.nameChars), flat])
    }
  }
  return kept[0] && Object.fromEntries(kept.slice(0, limits.properties))
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
