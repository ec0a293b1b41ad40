import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { createSite, refusalOfExample } from '../../../cli/site.ts'

const checkout = new URL('../../../', import.meta.url)
const pages = ['/', '/shop', '/shop/lemon']
const tagOf = (html: string) => /<script defer [^>]*data-site[^>]*>/.exec(html)?.[0]

test.each(pages)('%s loads the SDK from where it is served and posts to where events are taken', async path => {
  const site = createSite(checkout, { scriptPath: '/assets/a.js', eventsPath: '/collect/e' })
  const response = await site.request(path)
  expect(response.headers.get('Content-Type')).toMatch(/^text\/html; charset=utf-8$/i)
  const html = await response.text()
  expect(tagOf(html)).toBe('<script defer src="/assets/a.js" data-endpoint="/collect/e" data-site="example">')
  expect(html).not.toContain('/clicktrail.js')
})

test.each(pages)('%s has the plain tag where both are the defaults', async path => {
  const html = await (await createSite(checkout).request(path)).text()
  expect(tagOf(html)).toBe('<script defer src="/clicktrail.js" data-site="example">')
})

test.each(['/', '/shop'])('%s links to where the collector says what is stored, or nowhere', async path => {
  const linked = async (privacy: string) => {
    const site = createSite(checkout, { scriptPath: '/c.js', eventsPath: '/e', privacy: { path: privacy } })
    return /<a href="([^"]*)">Privacy</.exec(await (await site.request(path)).text())?.[1]
  }
  expect([await linked('/about/data'), await linked('off')]).toEqual(['/about/data', undefined])
})

test.each<[string, Map<string, string[] | undefined> | undefined, boolean]>([
  ['no list of sites', undefined, false],
  ['its own entry', new Map([['example', undefined]]), false],
  ['no entry', new Map([['shop', undefined]]), true],
  ['an entry with origins of others', new Map([['example', ['https://shop.example']]]), true],
])('with %s the pages are told to be refused where they will be', (_, sites, refused) => {
  const own = 'http://127.0.0.1:8080'
  const refusal = refusalOfExample(sites, ['https://a.example', own], own)
  if (refused)
    expect(refusal).toEqual({
      reason: expect.stringContaining('CLICKTRAIL_SITES_FILE'),
      wayOut: expect.stringContaining('"example": {}'),
    })
  else expect(refusal).toBeUndefined()
})

test('loads what its pages need where the path of the checkout has to be escaped in a URL', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'my clicktrail '))
  mkdirSync(join(folder, 'example-site'))
  writeFileSync(join(folder, 'example-site/style.css'), 'p {}')
  const response = await createSite(pathToFileURL(`${folder}/`)).request('/site/style.css')
  expect([response.status, await response.text()]).toEqual([200, 'p {}'])
})
