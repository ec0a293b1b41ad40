import { expect, test } from 'vitest'
import { createSite } from '../../../cli/site.ts'

const checkout = new URL('../../../', import.meta.url)
const pages = ['/', '/shop', '/shop/lemon', '/privacy']
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
