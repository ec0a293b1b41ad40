import { readFile } from 'node:fs/promises'
import { serveStatic } from '@hono/node-server/serve-static'
import { type Context, Hono } from 'hono'

export interface SitePaths {
  /** Where the SDK is served. */
  scriptPath: string
  /** Where it posts. */
  eventsPath: string
}

/** What stands in the pages, and what the SDK takes when its tag says nothing. */
const written: SitePaths = { scriptPath: '/clicktrail.js', eventsPath: '/v1/events' }

/** The example site as `start` serves it: the color page at `/`, the shop, the privacy page and what they load, tracked through these paths. */
export function createSite(checkout: URL, paths: SitePaths = written): Hono {
  const built = new URL('dist/site/', checkout).pathname
  const source = new URL('example-site/', checkout).pathname
  const page = (file: string) => async (context: Context) =>
    context.html(tagged(await readFile(new URL(`example-site/${file}`, checkout), 'utf8'), paths))
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

/** A page whose script tag names the paths as they are configured; they hold nothing that HTML would have to escape. */
function tagged(html: string, { scriptPath, eventsPath }: SitePaths): string {
  const endpoint = eventsPath === written.eventsPath ? '' : ` data-endpoint="${eventsPath}"`
  return html.replace(`src="${written.scriptPath}"`, `src="${scriptPath}"${endpoint}`)
}
