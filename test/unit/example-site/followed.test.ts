import { expect, test } from 'vitest'
import { follow, type Trail } from '../../../example-site/followed.ts'
import type { Status } from '../../../sdk/index.ts'

const nothing: Trail = { events: [], acknowledged: 0 }
const statusOf = (given: Partial<Status>): Status => ({
  tab: 'tab',
  queue: [],
  n: 1,
  kept: [],
  acknowledged: 0,
  dropped: {},
  user: undefined,
  blocked: undefined,
  ...given,
})
const queued = (action: string) => ({ at: 0, action, properties: undefined })
const body = (tab: string, n: number, ...actions: string[]) =>
  JSON.stringify({ site: 'x', tab, n, action: actions[0], events: actions.map(action => ({ action })) })
const afterAll = (...looks: Partial<Status>[]) =>
  looks.reduce((trail, look) => follow(trail, statusOf(look)), nothing).events
const states = (...looks: Partial<Status>[]) => afterAll(...looks).map(({ id, state }) => `${id} ${state}`)

test('numbers what waits from the first event in the queue on', () => {
  expect(states({ n: 4, queue: [queued('a'), queued('b')] })).toEqual(['tab-4 waiting', 'tab-5 waiting'])
})

test('knows an event again in the body of its batch, which says once what its events share', () => {
  const kept = JSON.stringify({
    tab: 'tab',
    n: 1,
    user: 'ada',
    action: 'b',
    events: [{ action: 'a' }, { properties: { color: 'red' } }],
  })
  expect(afterAll({ queue: [queued('a'), queued('b')] }, { n: 3, kept: [kept] })).toEqual([
    { id: 'tab-1', action: 'a', properties: {}, user: 'ada', state: 'kept' },
    { id: 'tab-2', action: 'b', properties: { color: 'red' }, user: 'ada', state: 'kept' },
  ])
})

test('takes for acknowledged what is gone when the tracker counts as many', () => {
  const waits = { n: 3, queue: [queued('c')] }
  expect(states({ kept: [body('tab', 1, 'a', 'b')], ...waits }, { acknowledged: 2, ...waits })).toEqual([
    'tab-1 acknowledged',
    'tab-2 acknowledged',
    'tab-3 waiting',
  ])
})

test('confirms nothing when fewer were acknowledged than are gone', () => {
  expect(states({ kept: [body('tab', 1, 'a', 'b')] }, { acknowledged: 1, n: 3 })).toEqual([
    'tab-1 unconfirmed',
    'tab-2 unconfirmed',
  ])
})

test('stays with what it has seen acknowledged', () => {
  expect(states({ queue: [queued('a')] }, { acknowledged: 1, n: 2 }, { acknowledged: 1, n: 2 })).toEqual([
    'tab-1 acknowledged',
  ])
})

test('shows the batches of an earlier visit, oldest first, until they are delivered', () => {
  const kept = [body('later', 1, 'b'), body('early', 1, 'a')]
  expect(states({ kept })).toEqual(['early-1 kept', 'later-1 kept'])
  expect(states({ kept }, { acknowledged: 2 })).toEqual(['early-1 acknowledged', 'later-1 acknowledged'])
})

test('forgets what another tab has delivered', () => {
  expect(states({ kept: [body('other', 1, 'a')] }, {})).toEqual([])
})

test.each(['optOut', 'gpc'] as const)('holds nothing of a visitor who refuses: %s', blocked => {
  const seen = { acknowledged: 1, n: 2, queue: [queued('b')] }
  expect(states({ queue: [queued('a')] }, seen, { ...seen, blocked })).toEqual(['tab-1 acknowledged'])
})

test('remembers the last 50', () => {
  const queue = Array.from({ length: 60 }, () => queued('a'))
  expect(states({ queue })).toHaveLength(50)
  expect(states({ queue })[0]).toBe('tab-11 waiting')
})
