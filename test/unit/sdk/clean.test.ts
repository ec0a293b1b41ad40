import { expect, test } from 'vitest'
import { clean } from '../../../sdk/clean.ts'

test.each([
  ['', ''],
  ['four', 'four'],
  ['fives', 'five'],
  ['a\0b', 'a\ufffdb'],
  ['\ud83da', '\ufffda'],
  ['\ude00a', '\ufffda'],
  ['ab\u{1f600}', 'ab\u{1f600}'],
  ['abc\u{1f600}', 'abc\ufffd'],
])('makes of %j, at four characters, %j', (text, cleaned) => {
  expect(clean(text, 4)).toBe(cleaned)
})
