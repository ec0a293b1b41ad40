import { describe, expect, test } from 'vitest'
import { corsPolicy, originTest } from '../../../../collector/http/cors.ts'

describe('an allow-list', () => {
  test.each([
    ['*', 'https://any.example', true],
    ['*', 'null', true],
    ['https://shop.example', 'https://shop.example', true],
    ['https://shop.example/', 'https://shop.example', true],
    ['HTTPS://Shop.Example', 'https://shop.example', true],
    ['https://shop.example', 'http://shop.example', false],
    ['https://shop.example', 'https://shop.example:8443', false],
    ['https://shop.example:8443', 'https://shop.example:8443', true],
    ['https://shop.example', 'https://shop.example.evil.example', false],
    ['https://shop.example', 'https://a.shop.example', false],
    ['https://shop.example', 'null', false],
    ['*.shop.example', 'https://a.shop.example', true],
    ['*.shop.example', 'http://a.b.shop.example:8080', true],
    ['*.shop.example', 'https://shop.example', false],
    ['*.shop.example', 'https://evilshop.example', false],
    ['*.shop.example', 'https://a.shop.example.evil.example', false],
    ['*.shop.example', 'null', false],
    ['*.shop.example', 'chrome-extension://a.shop.example', false],
    ['*.Shop.example', 'https://a.shop.example', true],
    ['https://*.shop.example', 'https://a.shop.example', true],
    ['https://*.shop.example', 'http://a.shop.example', false],
    ['null', 'null', true],
    ['null', 'https://shop.example', false],
  ])('of %s and the origin %s: %s', (entry, origin, allowed) => {
    expect(originTest([entry])(origin)).toBe(allowed)
  })

  test('takes an origin that any of its entries takes', () => {
    const allows = originTest(['https://a.example', '*.b.example'])
    expect(['https://a.example', 'https://x.b.example', 'https://c.example'].map(allows)).toEqual([true, true, false])
  })

  test.each(['shop.example', 'https://shop.example/path', 'ftp://shop.example', 'https://a.*.example', '**', ''])(
    'can’t have the entry %j and says so',
    entry => {
      expect(() => originTest([entry])).toThrow(`the origin ${JSON.stringify(entry)} can't be read`)
    },
  )
})

describe('the policy', () => {
  const exposed = { 'Access-Control-Expose-Headers': 'Retry-After' }
  const list = ['https://shop.example']
  test.each([
    ['anyone by default', undefined, 'https://x.example', true, { 'Access-Control-Allow-Origin': '*', ...exposed }],
    [
      'clients without an origin by default',
      undefined,
      undefined,
      true,
      { 'Access-Control-Allow-Origin': '*', ...exposed },
    ],
    [
      'a listed origin, echoed',
      list,
      'https://shop.example',
      true,
      { 'Access-Control-Allow-Origin': 'https://shop.example', Vary: 'Origin', ...exposed },
    ],
    ['clients without an origin', list, undefined, true, { Vary: 'Origin' }],
    ['no unlisted origin', list, 'https://x.example', false, { Vary: 'Origin' }],
    ['no null that is not listed', list, 'null', false, { Vary: 'Origin' }],
  ])('allows %s', (_, origins, origin, allowed, headers) => {
    expect(corsPolicy(origins).of(origin)).toEqual({ allowed, headers })
  })
})
