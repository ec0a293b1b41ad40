import { expect, test } from 'vitest'
import { heldIn } from '../../../../collector/privacy/controls/held.ts'

const batch = '{"site":"x","events":[{}]}'

test.each([
  ['optOut', 'Your choice: refused.'],
  ['', 'Your choice: allowed.'],
])('tells the choice %j', (clicktrail, what) => {
  expect(heldIn({ clicktrail })).toEqual([{ kind: 'choice', keys: ['clicktrail'], what, texts: [clicktrail] }])
})

test('tells the ids', () => {
  expect(heldIn({ 'clicktrail.id': 'a b 1' })).toMatchObject([{ kind: 'ids', texts: ['a b 1'] }])
})

test('tells the undelivered batches, oldest first, also half ones and those with an odd random number', () => {
  const keys = [
    '1795250000000 http://127.0.0.1:8080/v1/events 0.123',
    '1795250000001 /v1/events 0.5-1',
    '1795250000002 /v1/events 1.5e-7',
  ]
  const stored = Object.fromEntries(keys.toReversed().map(key => [key, batch]))
  expect(heldIn(stored)).toEqual([
    { kind: 'undelivered', keys, what: 'Not delivered yet: 3 batches of events.', texts: [batch, batch, batch] },
  ])
})

test.each([
  ['theme', 'dark'],
  ['17 things here', batch],
  ['1795250000000 cart 7', '{"cart":[]}'],
  ['1795250000000 cart 7', 'null'],
  ['1795250000000 cart 7', 'no JSON'],
])('passes over %j with %j: it is somebody else’s', (key, text) => {
  expect(heldIn({ [key]: text })).toEqual([])
})
