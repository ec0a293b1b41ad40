import { expect, test } from 'vitest'
import { readFlags, rowNames } from '../../../../bench/collector/options.ts'

test('measures every row by itself', () => {
  expect(readFlags([])).toMatchObject({ rows: rowNames, seconds: 5, rounds: 5, outageMinutes: 1, headers: 'plain' })
})

test('takes rows, lengths and files', () => {
  const args = ['--rows', 'http,acks', '--seconds', '2.5', '--outage', '10', '--json', 'a.json']
  expect(readFlags(args)).toMatchObject({ rows: ['http', 'acks'], seconds: 2.5, outageMinutes: 10, json: 'a.json' })
})

test.each([
  [['--rows', 'http,speed'], /--rows are of .*, not speed/],
  [['--seconds', '0'], /--seconds is a number above 0, not 0/],
  [['--rounds', 'many'], /--rounds is a number above 0, not many/],
  [['--headers', 'few'], /--headers is plain or browser, not few/],
])('refuses %j in words', (args, words) => {
  expect(() => readFlags(args)).toThrow(words)
})
