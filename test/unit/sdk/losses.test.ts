import { expect, test } from 'vitest'
import { createLosses, reportAction } from '../../../sdk/losses.ts'
import type { Entry } from '../../../sdk/seal.ts'

function entry(action: string, properties?: Entry['properties']): Entry {
  const envelope = { tab: '0mwpt1nbck9k2j4h6f8d', user: undefined }
  return { envelope, n: 1, at: 0, action, page: {}, properties, state: 'queued' }
}

test('tells each loss once, by reason', () => {
  const losses = createLosses()
  const click = entry('click')
  losses.drop([click, entry('click')], 'queue_full')
  losses.count('failed')
  expect(click.state).toBe('dropped')
  expect(losses.take()).toEqual({ queue_full: 2, failed: 1 })
  expect(losses.take()).toBeUndefined()
  expect(losses.total).toEqual({ queue_full: 2, failed: 1 })
})

test('tells again what a lost report had told, and the report itself', () => {
  const losses = createLosses()
  losses.drop([entry('click'), entry('click')], 'queue_full')
  losses.drop([entry(reportAction, losses.take())], 'http_400')
  expect(losses.take()).toEqual({ queue_full: 2, http_400: 1 })
  expect(losses.total).toEqual({ queue_full: 2, http_400: 1 })
})

test('forgets what is untold when cleared, not the total', () => {
  const losses = createLosses()
  losses.count('failed')
  losses.clear()
  expect(losses.take()).toBeUndefined()
  expect(losses.total).toEqual({ failed: 1 })
})
