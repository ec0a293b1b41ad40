import { expect, test } from 'vitest'
import { storedIn } from '../../../example-site/stored.ts'

test.each([
  ['optOut', 'Your choice: refused.'],
  ['', 'Your choice: allowed.'],
])('tells the choice %j', (clicktrail, what) => {
  expect(storedIn({ clicktrail })).toEqual([{ keys: ['clicktrail'], what }])
})

test('tells that there are ids', () => {
  expect(storedIn({ 'clicktrail.id': 'a b 1' })).toEqual([
    { keys: ['clicktrail.id'], what: 'Ids of visitor and session.' },
  ])
})

test('sums up undelivered batches, oldest first, and passes over the keys of others', () => {
  const first = '1795250000000 http://127.0.0.1:8080/v1/events 0.123'
  const second = '1795250000001 /v1/events 0.5'
  expect(storedIn({ [second]: '12345', [first]: '123', theme: 'dark', '17 things': 'x' })).toEqual([
    { keys: [first, second], what: 'Undelivered: 2 batches, 8 characters.' },
  ])
})

test('has nothing to tell where nothing is stored', () => {
  expect(storedIn({})).toEqual([])
})
