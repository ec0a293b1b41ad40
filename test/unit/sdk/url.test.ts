import { afterEach, expect, test, vi } from 'vitest'
import { options } from '../../../sdk/options.ts'
import { plain, referrer, turn, url } from '../../../sdk/url.ts'

const defaults = { query: options.query ?? '', hash: options.hash ?? false }
afterEach(() => {
  Object.assign(options, defaults)
  vi.unstubAllGlobals()
})

const shop = 'https://shop.example/a/b'

test.each([
  [shop, shop],
  [`${shop}?`, shop],
  [`${shop}#`, shop],
  [`${shop}?q=secret&utm_source=x#top`, shop],
  [`${shop}#a?utm_source=x`, shop],
  [`${shop}?next=a\nb`, shop],
  ['', ''],
  ['about:blank', 'about:blank'],
  ['mailto:ada@shop.example?subject=hello', 'mailto:ada@shop.example'],
  ['https://shop.example/한글?이름=값', 'https://shop.example/한글'],
])('leaves out query and fragment of %j', (full, expected) => {
  expect(plain(full)).toBe(expected)
})

test.each([
  ['?utm_source=x', '?utm_source=x'],
  ['?q=secret&utm_source=x&page=2&utm_medium=y#top', '?utm_source=x&utm_medium=y'],
  ['?utm_medium=y&utm_source=x', '?utm_medium=y&utm_source=x'],
  ['?utm_source=', '?utm_source='],
  ['?utm_source', ''],
  ['?utm_source_id=1&my_utm_source=2&UTM_SOURCE=3', ''],
  ['?utm_source=x&utm_source=y', '?utm_source=x&utm_source=y'],
  ['?q=utm_source=x', ''],
  ['?utm_source=a=b?c', '?utm_source=a=b?c'],
  ['?utm_source=%26q%3Dsecret', '?utm_source=%26q%3Dsecret'],
  ['#utm_source=x', ''],
])('keeps of the query %s what is listed: %s', (rest, expected) => {
  Object.assign(options, { query: 'utm_source|utm_medium' })
  expect(plain(shop + rest)).toBe(shop + expected)
})

test.each([
  ['#/cart', '#/cart'],
  ['?q=secret#/cart?step=2', '#/cart?step=2'],
  ['?utm_source=x&q=secret#/cart', '?utm_source=x#/cart'],
  ['?q=secret', ''],
])('keeps the fragment where it is the route: of %s, %s', (rest, expected) => {
  Object.assign(options, { query: 'utm_source', hash: true })
  expect(plain(shop + rest)).toBe(shop + expected)
})

test('comes from the document’s referrer first, then from the page before', () => {
  const location = { href: `${shop}?q=secret` }
  vi.stubGlobal('location', location)
  vi.stubGlobal('document', { referrer: 'https://search.example/?q=secret' })
  turn()
  expect([url, referrer]).toEqual([shop, 'https://search.example/'])
  location.href = 'https://shop.example/cart#top'
  turn()
  expect([url, referrer]).toEqual(['https://shop.example/cart', shop])
})
