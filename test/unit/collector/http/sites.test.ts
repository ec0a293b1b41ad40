import { describe, expect, test } from 'vitest'
import { originsOf, readSites, type Sites, siteRule } from '../../../../collector/http/sites.ts'

const text = '{"sites":{"shop":{"origins":["https://shop.example","*.shop.example"]},"blog":{},"api":{"origins":[]}}}'
const everywhere = ['https://main.example']

function sitesOf(source: string): Sites {
  const read = readSites(source)
  if ('problems' in read) throw new Error(read.problems.join())
  return read.sites
}

describe('an event', () => {
  const rule = siteRule(sitesOf(text), everywhere)

  test.each([
    ['shop', 'https://shop.example'],
    ['shop', 'https://a.shop.example'],
    ['shop', undefined],
    ['blog', 'https://main.example'],
    ['blog', undefined],
    ['api', undefined],
  ])('of site %s may come from %s', (site, origin) => {
    expect(rule(site, origin)).toBeUndefined()
  })

  test.each([
    ['shop', 'https://main.example'],
    ['shop', 'http://shop.example'],
    ['shop', 'null'],
    ['blog', 'https://shop.example'],
    ['api', 'https://main.example'],
  ])('of site %s may not come from %s', (site, origin) => {
    expect(rule(site, origin)).toBe(
      `the page's Origin may not send events of site "${site}": list it there in CLICKTRAIL_SITES_FILE`,
    )
  })

  test.each(['other', 'Shop', '', '__proto__', 'constructor'])(
    'of site %j, which is not listed, may come from nowhere',
    site => {
      expect(rule(site, undefined)).toBe(
        `site ${JSON.stringify(site)} is not known here: list it in CLICKTRAIL_SITES_FILE`,
      )
    },
  )

  test('of any site may come from anywhere where no sites are listed', () => {
    expect(siteRule(undefined, everywhere)('any', 'https://any.example')).toBeUndefined()
  })
})

test('the origins of all sites together are those of each, or the common ones', () => {
  expect(originsOf(sitesOf(text), everywhere)).toEqual([
    'https://shop.example',
    '*.shop.example',
    'https://main.example',
  ])
  expect(originsOf(sitesOf('{"sites":{"a":{"origins":["https://a.example"]}}}'), ['*'])).toEqual(['https://a.example'])
  expect(originsOf(undefined, everywhere)).toBe(everywhere)
})

describe('a file of sites', () => {
  test.each([
    ['{', /^the whole is not JSON: /],
    ['[]', 'the whole must be { "sites": { "shop": { "origins": ["https://shop.example"] } } }'],
    ['null', 'the whole must be { "sites": { "shop": { "origins": ["https://shop.example"] } } }'],
    ['{}', 'sites must be an object with a member for each site: { "shop": {} }'],
    ['{"sites":["shop"]}', 'sites must be an object with a member for each site: { "shop": {} }'],
    ['{"sites":{}}', 'sites is empty: name at least one site'],
    [
      '{"sites":{"a":{}},"site":{}}',
      'the whole has "site", which means nothing here: write { "sites": { "shop": { "origins": ["https://shop.example"] } } }',
    ],
    ['{"sites":{"shop":null}}', 'sites.shop must be { "origins": [...] } or {}'],
    ['{"sites":{"shop":["https://a.example"]}}', 'sites.shop must be { "origins": [...] } or {}'],
    [
      '{"sites":{"shop":{"origin":[]}}}',
      'sites.shop has "origin", which means nothing here: write { "origins": [...] } or {}',
    ],
    ['{"sites":{"shop":{"origins":"*"}}}', 'sites.shop.origins must be a list: ["https://shop.example"]'],
    ['{"sites":{"shop":{"origins":[7]}}}', 'sites.shop.origins[0] must be a string such as "https://shop.example"'],
    [
      '{"sites":{"my.shop":{"origins":["*","shop.example"]}}}',
      `sites["my.shop"].origins[1] the origin "shop.example" can't be read: write https://host, *.domain, null or *`,
    ],
    ['{"sites":{"":{}}}', 'sites[""] must have a name of 1 to 128 characters'],
    [`{"sites":{"${'x'.repeat(129)}":{}}}`, /must have a name of 1 to 128 characters$/],
  ])('%s is refused with its place', (source, problem) => {
    const matching = typeof problem === 'string' ? problem : expect.stringMatching(problem)
    expect(readSites(source)).toEqual({ problems: [matching] })
  })

  test('names every problem at once', () => {
    expect(readSites('{"sites":{"a":{"origins":["x","y"]},"b":7}}')).toMatchObject({ problems: { length: 3 } })
  })
})
