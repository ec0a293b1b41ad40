import { expect, test } from 'vitest'
import { isSpeculative } from '../../../../collector/http/speculative.ts'

test.each([
  [{ 'sec-purpose': 'prefetch' }, true],
  [{ 'sec-purpose': 'prefetch;prerender' }, true],
  [{ 'sec-purpose': 'prefetch;anonymous-client-ip' }, true],
  [{ purpose: 'prefetch' }, true],
  [{ 'x-moz': 'prefetch' }, true],
  [{ 'x-purpose': 'preview' }, true],
  [{ 'sec-purpose': '' }, false],
  [{ 'sec-purpose': 'prefetching' }, false],
  [{}, false],
])('a request with %j asks ahead: %s', (headers, speculative) => {
  expect(isSpeculative(headers)).toBe(speculative)
})
