import { limits, type PropertyValue } from './event.ts'

/** The value of a property: texts are cut to 1,024 characters, and what is no text, number or boolean is left out. */
export const flat = (value: unknown): PropertyValue | undefined =>
  // `string`, `number` and `boolean`.
  /r|oo/.test(typeof value) ? ((value as string).slice?.(0, limits.valueChars) ?? (value as PropertyValue)) : undefined
