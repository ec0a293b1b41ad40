import { expect, test } from 'vitest'
import { firstLanguage } from '../../../../collector/http/language.ts'
import { limits } from '../../../../sdk/event.ts'

test.each([
  'ko',
  'de-CH',
  'zh-Hant-TW',
  'es-419',
  'zh-yue-HK',
  'de-DE-1996',
  'sl-rozaj-biske',
  'en-US-u-hc-h12',
  'de-x-werbung',
])('takes the well-formed tag %s', tag => {
  expect(firstLanguage(tag)).toBe(tag)
})

test.each([
  ['ko-KR,ko;q=0.9,en;q=0.8', 'ko-KR'],
  ['de;q=0.3, en;q=0.9', 'de'],
  [' en-us , fr', 'en-us'],
])('takes of %j the first, as it is written', (header, language) => {
  expect(firstLanguage(header)).toBe(language)
})

test.each([
  undefined,
  '',
  '*',
  '*;q=0.5, de',
  ', de',
  'e',
  'de_CH',
  'de CH',
  'de-',
  'de--CH',
  '../etc',
  'ｄｅ',
  'de\0',
])('takes nothing of %j', header => {
  expect(firstLanguage(header)).toBeUndefined()
})

test('takes a tag of 128 characters and no longer one', () => {
  const tag = (chars: number) => 'de-x'.padEnd(chars, '-abcdefg').replace(/-$/, '0')
  expect(firstLanguage(tag(limits.nameChars))).toHaveLength(limits.nameChars)
  expect(firstLanguage(tag(limits.nameChars + 1))).toBeUndefined()
})
