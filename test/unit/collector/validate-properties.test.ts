import { expect, test } from 'vitest'
import { validateProperties } from '../../../collector/validate-properties.ts'
import { limits } from '../../../sdk/event.ts'

const { nameChars, valueChars } = limits

function many(count: number, value: unknown): Record<string, unknown> {
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, value]))
}

test.each([
  ['half a pair at the end', 'cut \ud83d', 'cut \ufffd'],
  ['half a pair, NUL and a whole pair', '\ude00 a\0b \u{1f600}', '\ufffd a\ufffdb \u{1f600}'],
  ['NUL, as long as is allowed', `\0${'a'.repeat(valueChars - 1)}`, `\ufffd${'a'.repeat(valueChars - 1)}`],
])('takes a text with %s repaired, and the rest as it is', (_, sent, kept) => {
  expect(validateProperties({ x: sent, y: 1, z: false })).toEqual({ x: kept, y: 1, z: false })
})

test.each([
  ['half a pair', 'color \ud83d', 'color \ufffd'],
  ['NUL', 'co\0lor', 'co\ufffdlor'],
  ['NUL, as long as is allowed', '\0'.padEnd(nameChars, 'a'), '\ufffd'.padEnd(nameChars, 'a')],
])('takes a name with %s repaired', (_, sent, kept) => {
  for (const value of ['red', 7, true]) expect(validateProperties({ [sent]: value })).toEqual({ [kept]: value })
})

test('takes the last of those whose names become the same', () => {
  expect(validateProperties({ '\0': 1, '\ud83d': 'two', '\ufffd': 3 })).toEqual({ '\ufffd': 3 })
  expect(validateProperties({ '\ufffd': 3, '\ud83d': 'two', '\0': null })).toEqual({ '\ufffd': 'two' })
})

test('takes a null value as absent, whatever its name', () => {
  const sent: unknown = JSON.parse(`{"a":null,"b":"","":null,"__proto__":null,"${'n'.repeat(nameChars + 1)}":null}`)
  expect(validateProperties(sent)).toEqual({ b: '' })
})

test.each([[undefined], [null], [{}], [{ x: null }]])('takes %j as none', sent => {
  expect(validateProperties(sent)).toBeUndefined()
})

test('counts only what is present', () => {
  const most = many(limits.properties, 1)
  expect(validateProperties({ none: null, ...most })).toEqual(most)
  expect(() => validateProperties({ none: null, ...most, more: 1 })).toThrow(/has 33 members, at most 32/)
})

test('takes what is sound without a copy', () => {
  const sent = { color: 'red \u{1f600}', size: 7, gift: true }
  expect(validateProperties(sent)).toBe(sent)
})

test.each([
  ['a text that is too long, odd or not', { x: '\0'.padEnd(valueChars + 1) }, /properties.x is 1025 characters/],
  ['a name that is too long, odd or not', { ['\0'.padEnd(nameChars + 1)]: 1 }, /a name that is 129 characters/],
  ['a number beyond 2^53 beside an odd text', { odd: '\0', x: 2 ** 53 }, /properties.x is beyond 2\^53/],
  ['a nested value beside an odd text', { odd: '\0', x: [] }, /properties.x is an array/],
  ['an empty name beside a null', { x: null, '': 1 }, /has an empty name/],
])('refuses %s', (_, sent, reason) => {
  expect(() => validateProperties(sent)).toThrow(reason)
})
