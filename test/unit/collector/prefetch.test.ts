import { expect, test } from 'vitest'
import { isPrefetch } from '../../../collector/prefetch.ts'

test.each([
  [{ 'sec-purpose': 'prefetch' }, true],
  [{ 'sec-purpose': 'prefetch;prerender' }, true],
  [{ 'sec-purpose': 'prefetch;anonymous-client-ip' }, true],
  [{ 'sec-purpose': 'Prefetch ; prerender' }, true],
  [{ purpose: 'prefetch' }, true],
  [{ 'x-moz': 'prefetch' }, true],
  [{}, false],
  [{ 'sec-purpose': '' }, false],
  [{ 'sec-purpose': 'prefetching' }, false],
  [{ purpose: 'preview' }, false],
  [{ 'x-moz': 'microsummary' }, false],
])('the headers %j are of a prefetch: %s', (headers, prefetch) => {
  expect(isPrefetch(headers)).toBe(prefetch)
})
