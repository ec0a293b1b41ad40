import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { validate } from '../../../../collector/validation/validate.ts'
import { type Batch, type Event, limits } from '../../../../sdk/event.ts'
import { spelledOut } from '../../../support/spelled-out.ts'

const tab = '0mwpt1nbck9k2j4h6f8d'
const largest = Number.MAX_SAFE_INTEGER

function validated(envelope: object, events: readonly unknown[]) {
  return validate(Buffer.from(JSON.stringify({ site: 'x', ...envelope, events })))
}

/** A batch that was checked: the events taken as `[n, action]`, those refused as `[index, n, reason]`. */
function told(envelope: object, events: readonly unknown[]) {
  const result = validated(envelope, events)
  if (!result.ok) throw new Error(result.message)
  return {
    taken: result.batch.events.map(({ n, action }) => [n, action]),
    refused: result.rejected.map(({ index, n, reason }) => [index, n, reason]),
  }
}

describe('an event', () => {
  test.each([
    ['counts on from the batch’s number by its place', { tab, n: 5 }, [{}, {}, {}], [5, 6, 7]],
    ['keeps its own number, which moves no other', { tab, n: 5 }, [{}, { n: 40 }, {}], [5, 40, 7]],
    ['takes null as left out', { tab, n: 5 }, [{ n: null }, {}], [5, 6]],
    ['may have the largest number', { tab, n: largest - 1 }, [{}, {}], [largest - 1, largest]],
    ['has its own number where the batch has none', { tab }, [{ n: 9 }, { n: 2 }], [9, 2]],
    ['has no number without a tab', {}, [{}, {}], [undefined, undefined]],
  ])('%s', (_, envelope, events, numbers) => {
    const { taken, refused } = told({ action: 'a', ...envelope }, events)
    expect(taken.map(([n]) => n)).toEqual(numbers)
    expect(refused).toEqual([])
  })

  test.each([
    ['has the batch’s action', 'a', [{}, { action: null }], ['a', 'a']],
    ['keeps its own action, which changes no other', 'a', [{ action: 'b' }, {}], ['b', 'a']],
    ['has its own action where the batch has none', undefined, [{ action: 'b' }], ['b']],
    ['takes a null action of the batch as left out', null, [{ action: 'b' }], ['b']],
  ])('%s', (_, action, events, actions) => {
    const { taken, refused } = told({ action }, events)
    expect(taken.map(([, name]) => name)).toEqual(actions)
    expect(refused).toEqual([])
  })

  test('is refused without a number in a batch with a tab, and only that one', () => {
    const missing = 'n is missing: with a tab, the batch or each event carries a number'
    expect(told({ tab }, [{ action: 'a' }, { n: 7, action: 'a' }, { action: 'a' }])).toEqual({
      taken: [[7, 'a']],
      refused: [
        [0, undefined, missing],
        [2, undefined, missing],
      ],
    })
  })

  test.each([0, -1, 1.5, largest + 1, '2', true])('is refused for its own number %j, whatever the batch’s', n => {
    const { taken, refused } = told({ tab, n: 5, action: 'a' }, [{ n }, {}])
    expect(taken).toEqual([[6, 'a']])
    expect(refused).toEqual([
      [0, Number.isSafeInteger(n) ? n : undefined, expect.stringContaining('n must be a whole')],
    ])
  })

  test.each([
    ['', 'action is empty: send a string'],
    [7, 'action is a number: send a string'],
    ['a'.repeat(limits.nameChars + 1), 'action is 129 characters long, at most 128 are allowed: shorten it'],
    ['half a pair \ud83d', 'action holds a NUL or half a surrogate pair: send well-formed text'],
  ])('is refused for its own action %j, whatever the batch’s', (action, reason) => {
    expect(told({ action: 'a' }, [{ action }, {}])).toEqual({
      taken: [[undefined, 'a']],
      refused: [[0, undefined, reason]],
    })
  })

  test.each([
    ['', 'action is empty: send a string'],
    [['a'], 'action is an array: send a string'],
    ['é'.repeat(limits.nameChars + 1), 'action is 129 characters long, at most 128 are allowed: shorten it'],
    ['a\0', 'action holds a NUL or half a surrogate pair: send well-formed text'],
  ])('is refused for the batch’s action %j if it relies on it, and only then', (action, reason) => {
    expect(told({ action }, [{ action: 'b' }, {}])).toEqual({
      taken: [[undefined, 'b']],
      refused: [[1, undefined, reason]],
    })
  })

  test('may rely on an action of the batch that is as long as is allowed', () => {
    const action = 'é'.repeat(limits.nameChars)
    expect(told({ action }, [{}]).taken).toEqual([[undefined, action]])
  })

  test('is refused where neither it nor its batch has an action', () => {
    expect(told({}, [{}]).refused).toEqual([[0, undefined, 'action is missing: send a string']])
  })

  test('is told apart by the number that it implies when it is refused, be it no object', () => {
    const refused = told({ tab, n: 5, action: 'a' }, [{}, { properties: [] }, null, { n: 2, properties: [] }]).refused
    expect(refused.map(([index, n]) => [index, n])).toEqual([
      [1, 6],
      [2, 7],
      [3, 2],
    ])
  })
})

describe('the whole request is refused for', () => {
  test.each([
    ['a number without a tab', { n: 1 }, 'n stands without a tab: send both, or neither'],
    ['the number 0', { tab, n: 0 }, 'n must be a whole number from 1 to 2^53 − 1'],
    ['a broken number', { tab, n: 1.5 }, 'n must be a whole number from 1 to 2^53 − 1'],
    ['a number as text', { tab, n: '5' }, 'n must be a whole number from 1 to 2^53 − 1'],
    ['a number from 2^53 on', { tab, n: largest + 1 }, 'n must be a whole number from 1 to 2^53 − 1'],
    [
      'a number from which the last event’s is beyond 2^53 − 1',
      { tab, n: largest },
      'n is too large: the last of 2 events would have a number beyond 2^53 − 1',
    ],
  ])('%s', (_, envelope, message) => {
    const result = validated(envelope, [{ action: 'a' }, { action: 'b' }])
    expect(result).toMatchObject({ ok: false, refusal: 'bad_request' })
    expect(!result.ok && result.message).toBe(message)
  })
})

const tooLong = { color: 'r'.repeat(limits.valueChars + 1) }
const drawnEvents = fc.array(
  fc.record({
    step: fc.constantFrom(0, 0, 0, 1, -3),
    action: fc.constantFrom('page_view', 'click', ''),
    properties: fc.constantFrom<Record<string, string>[]>({}, { color: 'red' }, { half: '\ud83d' }, tooLong),
    leaveOut: fc.boolean(),
  }),
  { minLength: 1, maxLength: 20 },
)
const drawnBatch = fc.record({ hasTab: fc.boolean(), action: fc.constantFrom('page_view', 'click') })

test('what a batch says once makes no difference to saying it in each event', () => {
  fc.assert(
    fc.property(drawnEvents, drawnBatch, (drawn, { hasTab, action: shared }) => {
      const first = 100
      const numbered = hasTab ? { site: 'x', tab } : { site: 'x' }
      const full: Event[] = []
      const short: Event[] = []
      for (const [index, { step, action, properties, leaveOut }] of drawn.entries()) {
        const n = first + index + step
        full.push(hasTab ? { n, action, properties } : { action, properties })
        const sent: Event = { properties }
        if (hasTab && !(leaveOut && step === 0)) sent.n = n
        if (!(leaveOut && action === shared)) sent.action = action
        short.push(sent)
      }
      const batch: Batch = { ...numbered, ...(hasTab ? { n: first } : {}), action: shared, events: short }
      const check = (sent: Batch) => validate(Buffer.from(JSON.stringify(sent)))
      expect(check(batch)).toEqual(check({ ...numbered, events: full }))
      expect(spelledOut(batch)).toEqual(full)
    }),
  )
})
