import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'

/** The example site as `start` serves it: the color page at `/`, the shop, the privacy page and what they load. */
export function createSite(checkout: URL): Hono {
  const built = new URL('dist/site/', checkout).pathname
  const source = new URL('example-site/', checkout).pathname
  const page = (file: string) => serveStatic({ root: source, path: file })
  const asset = (path: string) => path.replace(/^\/site\//, '/')
  const site = new Hono()
  site.get('/', page('index.html'))
  site.get('/shop', page('shop.html'))
  site.get('/shop/*', page('shop.html'))
  site.get('/privacy', page('privacy.html'))
  site.get('/site/:file{.+\\.js}', serveStatic({ root: built, rewriteRequestPath: asset }))
  site.get('/site/:file{.+\\.(css|svg|png)}', serveStatic({ root: source, rewriteRequestPath: asset }))
  return site
}
