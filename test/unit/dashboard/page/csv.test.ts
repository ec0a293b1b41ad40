import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvOf } from '../../../../dashboard/page/csv.ts'

const lineOf = (...row: (string | number | null)[]) => csvOf({ name: 'x', columns: [], rows: [row] }).split('\r\n')[1]

test.each([
  ['=1+1', `"'=1+1"`],
  ["=cmd|' /C calc'!A0", `"'=cmd|' /C calc'!A0"`],
  ['+1+1', `"'+1+1"`],
  ['-1+1', `"'-1+1"`],
  ['@SUM(A1)', `"'@SUM(A1)"`],
  ['\t=1', `"'\t=1"`],
  ['\rx', `"'\rx"`],
  ['  =1+1', `"'  =1+1"`],
  ['＝1+1', `"'＝1+1"`],
  ['=HYPERLINK("https://evil.example")', `"'=HYPERLINK(""https://evil.example"")"`],
])('%j is text to a spreadsheet', (value, cell) => {
  expect(lineOf(value)).toBe(cell)
})

test.each([
  [-5, '-5'],
  [2.5, '2.5'],
  [1e21, '1e+21'],
  ['-5.25', '"-5.25"'],
  [0, '0'],
  ['0', '0'],
  ['42', '42'],
  ['123456789012345', '123456789012345'],
  ['1234567890123456', '"1234567890123456"'],
  ['1234567890123456789', '"1234567890123456789"'],
  ['007', '"007"'],
  ['1.10', '"1.10"'],
  ['4\n', '"4\n"'],
  ['a,"b"', '"a,""b"""'],
  ['a;b', '"a;b"'],
  [null, ''],
])('%j stays what it is', (value, cell) => {
  expect(lineOf(value)).toBe(cell)
})

test('names of columns are guarded too', () => {
  expect(csvOf({ name: 'x', columns: ['=1'], rows: [] })).toBe(`\ufeff"'=1"\r\n`)
})

test('no text comes out as a cell that a spreadsheet would run, and none breaks out of its cell', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), text => {
      const cell = csvOf({ name: 'x', columns: [], rows: [[text]] }).slice(3, -2)
      if (/^"?-?\d+(\.\d+)?"?$/.test(cell)) return
      expect(cell).toMatch(/^"([^"]|"")*"$/)
      expect(cell.slice(1)).not.toMatch(/^\s*[=+\-@]/)
    }),
  )
})
