import fc from 'fast-check'
import { expect, test } from 'vitest'
import { limits } from '../../../sdk/event.ts'
import { declaredProperties, flatProperties } from '../../../sdk/properties.ts'

test('keeps strings, booleans and finite numbers and leaves out the rest', () => {
  const properties = { color: 'red', price: 3.5, gift: false, none: null, nan: Number.NaN, nested: { a: 1 }, big: 1n }
  expect(flatProperties(properties)).toEqual({ color: 'red', price: 3.5, gift: false })
})

test.each([undefined, null, {}, 'text'.slice(4), 7, { only: null }])('has nothing to keep of %j', properties => {
  expect(flatProperties(properties)).toBeUndefined()
})

test('cuts names, values and their number to the limits', () => {
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i}-${'n'.repeat(200)}`, 'v'.repeat(2_000)]))
  const kept = Object.entries(flatProperties(many) ?? {})
  expect(kept).toHaveLength(limits.properties)
  expect(kept[0]?.map(text => String(text).length)).toEqual([limits.nameChars, limits.valueChars])
})

test('never answers anything that the contract refuses', () => {
  fc.assert(
    fc.property(fc.anything(), anything => {
      const kept = Object.entries(flatProperties(anything) ?? {})
      return (
        kept.length <= limits.properties &&
        kept.every(
          ([name, value]) =>
            name.length <= limits.nameChars &&
            (typeof value === 'boolean' || Number.isFinite(value) || String(value).length <= limits.valueChars) &&
            typeof value !== 'object',
        )
      )
    }),
  )
})

test('reads declared properties as strings, dashes becoming underscores', () => {
  const attributes = [
    { name: 'class', value: 'button' },
    { name: 'data-track', value: 'color_click' },
    { name: 'data-track-', value: 'nameless' },
    { name: 'data-tracking', value: 'no' },
    { name: 'data-track-color', value: 'red' },
    { name: 'data-track-color-name-long', value: '7' },
  ]
  expect(declaredProperties(attributes)).toEqual({ color: 'red', color_name_long: '7' })
})
