import { expect, test } from 'vitest'
import { printedLetter, printedSurvey } from '../../../../cli/print/letter.ts'
import { adviceFor } from '../../../../cli/print/letter-advice.ts'
import { type Letter, letterOf } from '../../../../consumers/dlq/letter.ts'
import { goodValue, letterAt } from '../../../support/dead-letters.ts'

const printed = (letter: Letter) => printedLetter(letter, { topic: 'clicktrail-dlq', done: false })
const good = goodValue()

test('points at the character that is wrong', () => {
  expect(printed(letterAt(1, { value: Buffer.from('{"site":"x",}') }))).toContain(
    'Character 13: it is no JSON from here on\n  {"site":"x",}\n              ^\n',
  )
  expect(printed(letterAt(1, { value: Buffer.from('{"site":') }))).toContain(
    'Character 9: it ends in the middle of its JSON',
  )
  expect(printed(letterAt(1, { value: Buffer.from([0x22, 0xc3, 0xa9, 0xff, 0x22]) }))).toContain(
    'Character 3: byte 4 is not UTF-8',
  )
})

test('shows JSON on lines of its own, and what would be said of it today', () => {
  const text = printed(letterAt(1, { value: Buffer.from('{"site":"x"}'), reason: 'invalid' }))
  expect(text).toContain('{\n  "site": "x"\n}')
  expect(text).toMatch(/today +invalid: @timestamp: /)
})

test('lets no value, header or reason of a stranger control the terminal', () => {
  const letter = letterOf(0, {
    value: Buffer.from('\u001b[2J\u009b1m\u202e'),
    offset: 1,
    timestampMs: 0,
    headers: { 'a\u001b': '\u0007\n', 'clicktrail.reason': '\u001b]0;x', 'clicktrail.sink': '\r' },
  })
  const survey = {
    rows: [
      {
        ...letter,
        partition: 0,
        letters: 1,
        waiting: 1,
        firstMs: 0,
        lastMs: 0,
        example: { name: '0:1', message: '\u001b', waiting: true },
      },
    ],
    repeated: 0,
    leftOut: 0,
  }
  for (const text of [printed(letter), printedSurvey(survey, 'clicktrail-dlq')]) expect(text).not.toMatch(/[^\P{C}\n]/u)
})

test.each<[string, Letter, string]>([
  ['undecodable', letterAt(1, { value: Buffer.from('not json') }), 'brings it back. Repair it'],
  ['mended by a later version', letterAt(1, { value: good }), 'Nothing is wrong with it today'],
  ['mapping', letterAt(1, { value: good, sink: 'elasticsearch', reason: 'mapping' }), 'The files have it'],
  ['conflict', letterAt(1, { value: good, sink: 'elasticsearch', reason: 'conflict' }), 'Another event has this id'],
  ['too large', letterAt(1, { value: good, sink: 'elasticsearch', reason: 'too_large' }), 'no document of that size'],
  ['cut', { ...letterAt(1, { offset: 7 }), cutFrom: 9_999 }, 'the whole value lies at partition 0, offset 7'],
  ['empty', letterAt(1, { value: null }), 'It holds nothing'],
])('says what to do with a letter that is %s', (_, letter, words) => {
  expect(adviceFor(letter).join('\n')).toContain(words)
})
