import fc from 'fast-check'
import { expect, test } from 'vitest'
import { validate } from '../../../collector/validate.ts'
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

test.each([
  ['an empty name', { '': 1, a: 1 }, { a: 1 }],
  ['the name __proto__', JSON.parse('{"__proto__":"x","a":1}'), { a: 1 }],
  ['integers at the limit', { most: 2 ** 53 - 1, least: 1 - 2 ** 53 }, { most: 2 ** 53 - 1, least: 1 - 2 ** 53 }],
  ['integers over it', { a: 2 ** 53, b: -(2 ** 53) }, { a: '9007199254740992', b: '-9007199254740992' }],
  ['numbers that are not finite', { a: Number.NaN, b: Number.POSITIVE_INFINITY, c: 1 }, { c: 1 }],
  [
    'odd characters',
    { 'a\ud83d': 'b\0', '\u{1f600}': '\u{1f600}' },
    { 'a\ufffd': 'b\ufffd', '\u{1f600}': '\u{1f600}' },
  ],
  ['a pair across the limit', { a: `${'v'.repeat(1_023)}\u{1f600}` }, { a: `${'v'.repeat(1_023)}\ufffd` }],
])('makes of %s what the collector takes', (_, properties, kept) => {
  expect(Object.entries(flatProperties(properties) ?? {})).toEqual(Object.entries(kept))
})

const odd = fc.string({ unit: fc.constantFrom('a', '\0', '\ud83d', '\ude00', '\u{1f600}', '__proto__'), maxLength: 9 })
const values = fc.oneof(odd, fc.double(), fc.integer(), fc.constantFrom(2 ** 53, 1e300, null, true), fc.anything())

test('never answers anything that the collector refuses', () => {
  fc.assert(
    fc.property(fc.oneof(fc.dictionary(odd, values), fc.anything()), properties => {
      const event = { action: 'a', properties: flatProperties(properties) }
      expect(validate(Buffer.from(JSON.stringify({ site: 'x', events: [event] })))).toMatchObject({ rejected: [] })
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
