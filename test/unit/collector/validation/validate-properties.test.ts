import { expect, test } from 'vitest'
import { validateProperties } from '../../../../collector/validation/validate-properties.ts'
import { limits } from '../../../../sdk/event.ts'

const { nameChars, valueChars } = limits

function many(count: number, value: unknown): Record<string, unknown> {
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, value]))
}

test.each([
  ['half a pair at the end', 'cut \ud83d', 'cut \ufffd'],
  ['half a pair, NUL and a whole pair', '\ude00 a\0b \u{1f600}', '\ufffd a\ufffdb \u{1f600}'],
  ['NUL, as long as is allowed', `\0${'a'.repeat(valueChars - 1)}`, `\ufffd${'a'.repeat(valueChars - 1)}`],
])('takes a text with %s repaired, and the rest as it is', (_, sent, kept) => {
  expect(validateProperties({ x: sent, y: 1, z: false }, false)).toEqual({ x: kept, y: 1, z: false })
})

test.each([
  ['half a pair', 'color \ud83d', 'color \ufffd'],
  ['NUL', 'co\0lor', 'co\ufffdlor'],
  ['NUL, as long as is allowed', '\0'.padEnd(nameChars, 'a'), '\ufffd'.padEnd(nameChars, 'a')],
])('takes a name with %s repaired', (_, sent, kept) => {
  for (const value of ['red', 7, true]) expect(validateProperties({ [sent]: value }, false)).toEqual({ [kept]: value })
})

test('takes the last of those whose names become the same', () => {
  expect(validateProperties({ '\0': 1, '\ud83d': 'two', '\ufffd': 3 }, false)).toEqual({ '\ufffd': 3 })
  expect(validateProperties({ '\ufffd': 3, '\ud83d': 'two', '\0': null }, false)).toEqual({ '\ufffd': 'two' })
})

test('takes a null value as absent, whatever its name', () => {
  const sent: unknown = JSON.parse(`{"a":null,"b":"","":null,"__proto__":null,"${'n'.repeat(nameChars + 1)}":null}`)
  expect(validateProperties(sent, false)).toEqual({ b: '' })
})

test.each([[undefined], [null], [{}], [{ x: null }]])('takes %j as none', sent => {
  expect(validateProperties(sent, false)).toBeUndefined()
})

test('counts only what is present', () => {
  const most = many(limits.properties, 1)
  expect(validateProperties({ none: null, ...most }, false)).toEqual(most)
  expect(() => validateProperties({ none: null, ...most, more: 1 }, false)).toThrow(/has 33 members, at most 32/)
})

test('takes what is sound without a copy', () => {
  const sent = { color: 'red \u{1f600}', size: 7, least: -(2 ** 53 - 1), broken: 1.5, tiny: 5e-324, gift: true }
  for (const exact of [true, false]) expect(validateProperties(sent, exact)).toBe(sent)
})

test.each([
  [2 ** 53, '9007199254740992'],
  [-(2 ** 53), '-9007199254740992'],
  [1e21, '1e+21'],
  [-Number.MAX_VALUE, '-1.7976931348623157e+308'],
])('keeps %d as text where numbers are the sender’s own, and refuses it elsewhere', (x, text) => {
  expect(validateProperties({ y: 7, x }, true)).toEqual({ y: 7, x: text })
  expect(() => validateProperties({ odd: '\0', x }, false)).toThrow(
    'properties.x is beyond 2^53 and would be altered: send it as a string',
  )
})

test.each([
  ['a text that is too long, odd or not', { x: '\0'.padEnd(valueChars + 1) }, /properties.x is 1025 characters/],
  ['a name that is too long, odd or not', { ['\0'.padEnd(nameChars + 1)]: 1 }, /a name that is 129 characters/],
  ['a nested value beside an odd text', { odd: '\0', x: [] }, /properties.x is an array/],
  ['a number beyond all', { x: Number.POSITIVE_INFINITY }, /properties.x is too large for a number/],
  ['an empty name beside a null', { x: null, '': 1 }, /has an empty name/],
])('refuses %s', (_, sent, reason) => {
  for (const exact of [true, false]) expect(() => validateProperties(sent, exact)).toThrow(reason)
})
