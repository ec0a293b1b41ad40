import { expect, it } from 'vitest'
import { reportedLosses } from '../../../../collector/records/reported-losses.ts'
import type { ValidEvent } from '../../../../collector/validation/validate-event.ts'

const event = (action: string, properties: ValidEvent['properties']): ValidEvent => ({
  index: 0,
  n: 1,
  ago: 0,
  action,
  page: undefined,
  properties,
})

it('adds up what browsers report, by reasons of a closed set', () => {
  const reports = [
    event('events_dropped', { full: 3, http_413: 2, http_400: 1, anything: 5 }),
    event('events_dropped', { full: 1, rejected: 4 }),
  ]
  expect(reportedLosses(reports)).toEqual({ full: 4, http: 3, other: 5, rejected: 4 })
})

it('sees none in any other event', () => {
  expect(reportedLosses([event('color_click', { full: 3 }), event('signup', undefined)])).toBeUndefined()
})

it('believes no number that is none, and a large one only so far', () => {
  const odd = { full: -1, rejected: '7', http_500: true, other: 1e300 }
  expect(reportedLosses([event('events_dropped', odd)])).toEqual({ other: 10_000 })
})
