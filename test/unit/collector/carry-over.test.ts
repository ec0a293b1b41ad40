import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { actionAfter, numberAfter } from '../../../collector/carry-over.ts'
import { validate } from '../../../collector/validate.ts'
import { type Event, limits } from '../../../sdk/event.ts'
import { spelledOut } from '../../support/spelled-out.ts'

const tab = '0mwpt1nbck9k2j4h6f8d'
const largest = Number.MAX_SAFE_INTEGER

/** A batch of events that were checked: those taken as `[n, action]`, those refused as `[index, n, reason]`. */
function told(events: readonly unknown[], envelope: object = { tab }) {
  const result = validate(Buffer.from(JSON.stringify({ site: 'x', ...envelope, events })))
  if (!result.ok) throw new Error(result.message)
  return {
    taken: result.batch.events.map(({ n, action }) => [n, action]),
    refused: result.rejected.map(({ index, n, reason }) => [index, n, reason]),
  }
}

test.each([
  [undefined, undefined, undefined],
  [undefined, 1, 1],
  [1, undefined, 2],
  [1, null, 2],
  [1, 7, 7],
  [7, 1, 1],
  [largest - 1, undefined, largest],
  [largest, undefined, undefined],
  [1, largest + 1, undefined],
  [1, 0, undefined],
  [1, 1.5, undefined],
  [1, '2', undefined],
  [1, false, undefined],
])('after the number %s, one that is sent as %j is %s', (before, sent, n) => {
  expect(numberAfter(before, sent)).toBe(n)
})

test.each([
  [undefined, undefined, undefined],
  ['a', undefined, 'a'],
  ['a', null, 'a'],
  ['a', 'b', 'b'],
  [undefined, 'b', 'b'],
  ['a', '', 'a'],
  ['a', 7, 'a'],
  ['a', 'half a pair \ud83d', 'a'],
  ['a', 'é'.repeat(limits.nameChars + 1), 'a'],
  ['a', 'é'.repeat(limits.nameChars), 'é'.repeat(limits.nameChars)],
])('after the action %s, %j leaves %s to carry on', (before, sent, action) => {
  expect(actionAfter(before, sent)).toBe(action)
})

describe('an event that leaves out', () => {
  test('its number has one more than the event before, wherever that begins and jumps', () => {
    const { taken } = told([{ n: 5, action: 'a' }, {}, { n: 9 }, { action: 'b' }, {}])
    expect(taken).toEqual([
      [5, 'a'],
      [6, 'a'],
      [9, 'a'],
      [10, 'b'],
      [11, 'b'],
    ])
  })

  test('both has those that follow from a refused event', () => {
    expect(told([{ n: 1, action: 'a' }, { action: 'b', properties: { x: {} } }, {}])).toEqual({
      taken: [
        [1, 'a'],
        [3, 'b'],
      ],
      refused: [[1, 2, expect.stringContaining('properties.x')]],
    })
  })

  test('its number is refused first in a batch with a tab, and so are those after it, until one tells its own', () => {
    const missing = 'n is missing: the first event of a batch with a tab carries its number'
    expect(told([{ action: 'a' }, {}, { n: 7 }, {}])).toEqual({
      taken: [
        [7, 'a'],
        [8, 'a'],
      ],
      refused: [
        [0, undefined, missing],
        [1, undefined, missing],
      ],
    })
  })

  test.each([[{ n: 0, action: 'b' }], [{ n: '2', action: 'b' }], ['no object']])(
    'its number is refused after %j, which has none that counts',
    broken => {
      const { taken, refused } = told([{ n: 1, action: 'b' }, broken, {}, { n: 4 }])
      expect(taken).toEqual([
        [1, 'b'],
        [4, 'b'],
      ])
      expect(refused.map(([index]) => index)).toEqual([1, 2])
    },
  )

  test('its number is refused after the largest one', () => {
    const { taken, refused } = told([{ n: largest - 1, action: 'a' }, {}, {}])
    expect(taken.map(([n]) => n)).toEqual([largest - 1, largest])
    expect(refused).toEqual([[2, undefined, expect.stringContaining('n is missing')]])
  })

  test('its action is refused while none is known', () => {
    const missing = 'action is missing: send a string'
    expect(told([{ n: 1 }, {}, { action: 'a' }, {}])).toEqual({
      taken: [
        [3, 'a'],
        [4, 'a'],
      ],
      refused: [
        [0, 1, missing],
        [1, 2, missing],
      ],
    })
  })

  test('its action has the last one that could be read, also of an event without a number that counts', () => {
    const { taken } = told([{ n: 1, action: 'a' }, { action: 7 }, {}, { n: 0, action: 'b' }, { n: 5 }])
    expect(taken).toEqual([
      [1, 'a'],
      [3, 'a'],
      [5, 'b'],
    ])
  })

  test('its number has none in a batch without a tab, where a number stays refused', () => {
    expect(told([{ action: 'a' }, { n: 2 }, {}, { ago: 'long' }], {})).toEqual({
      taken: [
        [undefined, 'a'],
        [undefined, 'a'],
      ],
      refused: [
        [1, 2, 'n stands without a tab: send both, or neither'],
        [3, undefined, expect.stringContaining('ago is a string')],
      ],
    })
  })
})

const tooLong = { color: 'r'.repeat(limits.valueChars + 1) }
const event = fc.record({
  step: fc.constantFrom(1, 1, 1, 2, -3),
  action: fc.constantFrom('page_view', 'click', ''),
  properties: fc.constantFrom<Record<string, string>[]>({}, { color: 'red' }, { half: '\ud83d' }, tooLong),
  leaveOutN: fc.boolean(),
  leaveOutAction: fc.boolean(),
})

test('what is left out where it may be makes no difference', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 20 }), fc.boolean(), (drawn, hasTab) => {
      const full: Event[] = []
      const short: Event[] = []
      for (const { step, action, properties, leaveOutN, leaveOutAction } of drawn) {
        const before = full.at(-1)
        const n = (before?.n ?? 100) + step
        full.push(hasTab ? { n, action, properties } : { action, properties })
        const sent: Event = { properties }
        if (hasTab && !(before && leaveOutN && step === 1)) sent.n = n
        // An empty action can't be read, so nothing may be left out for it, nor after it.
        if (!(leaveOutAction && action !== '' && action === before?.action)) sent.action = action
        short.push(sent)
      }
      const check = (events: Event[]) =>
        validate(Buffer.from(JSON.stringify({ site: 'x', ...(hasTab ? { tab } : {}), events })))
      expect(check(short)).toEqual(check(full))
      expect(spelledOut(short)).toEqual(full)
    }),
  )
})
