import { expect, test } from 'vitest'
import { limits } from '../../../sdk/event.ts'
import { flat } from '../../../sdk/properties.ts'

test.each(['red', '', 0, -1.5, Number.MAX_VALUE, true, false])('keeps %j', value => {
  expect(flat(value)).toBe(value)
})

test.each([
  ['null', null],
  ['undefined', undefined],
  ['an object', { length: 1 }],
  ['a list', ['red']],
  ['a function', () => 'red'],
  ['a symbol', Symbol('red')],
  ['a bigint', 1n],
  ['a text as an object', Object('red')],
  ['an object that throws', new Proxy({}, { get: () => expect.unreachable() })],
])('leaves out %s', (_, value) => {
  expect(flat(value)).toBeUndefined()
})

test('cuts texts to what the collector takes', () => {
  const longest = 'x'.repeat(limits.valueChars)
  expect(flat(longest)).toBe(longest)
  expect(flat(`${longest}y`)).toBe(longest)
})
