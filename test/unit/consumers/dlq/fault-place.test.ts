import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { jsonFaultAt, utf8FaultAt } from '../../../../consumers/dlq/fault-place.ts'

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('jsonFaultAt', () => {
  it.each([
    ['not json', 0],
    ['{"a":1', 6],
    ['{"a" 1}', 5],
    ['{"a":1,}', 7],
    ['{"a":012}', 6],
    ['[1 2]', 3],
    ['{"a":"b}', 5],
    ['{} x', 3],
    ['', 0],
    ['[1}', 2],
    ["{'a':1}", 1],
    ['{"a":NaN}', 5],
  ])('finds where %j goes wrong', (text, at) => expect(jsonFaultAt(text)).toBe(at))

  test('says of any damaged JSON what JSON.parse says, and what is before could go on', () => {
    const damage = fc.tuple(
      fc.nat(200),
      fc.nat(3),
      fc.constantFrom('', '"', ',', '{', ']', '1', 'e', '\\', ' ', '\u0001', ':'),
    )
    fc.assert(
      fc.property(fc.jsonValue(), damage, (value, [place, cut, added]) => {
        const json = JSON.stringify(value)
        const at = place % (json.length + 1)
        const text = json.slice(0, at) + added + json.slice(at + cut)
        const fault = jsonFaultAt(text)
        expect(fault === undefined).toBe(isJson(text))
        if (fault !== undefined) expect(fault).toBeLessThanOrEqual(text.length)
      }),
      { numRuns: 2_000 },
    )
  })
})

it.each([
  [[0x7b, 0xff, 0x7d], 1],
  [[0x61, 0xc3], 1],
  [[0xef, 0xbf, 0xbd, 0x80], 3],
  [[0x7b, 0x7d], undefined],
])('finds the byte of %j that is not UTF-8', (bytes, at) => expect(utf8FaultAt(Uint8Array.from(bytes))).toBe(at))
