import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { serveStatic } from '@hono/node-server/serve-static'
import { type Context, Hono } from 'hono'
import { type Sites, siteRule } from '../collector/http/sites.ts'

export interface SitePaths {
  /** Where the SDK is served. */
  scriptPath: string
  /** Where it posts. */
  eventsPath: string
  /** Where the collector says what is stored, or `off`. @default '/privacy' */
  privacy?: { path: string }
}

/** What stands in the pages, and what the SDK takes when its tag says nothing. */
const written = { scriptPath: '/clicktrail.js', eventsPath: '/v1/events', privacy: { path: '/privacy' } }

/** The example site as `start` serves it: the color page at `/`, the shop and what they load, tracked through these paths. */
export function createSite(checkout: URL, paths: SitePaths = written): Hono {
  const built = fileURLToPath(new URL('dist/site/', checkout))
  const source = fileURLToPath(new URL('example-site/', checkout))
  const page = (file: string) => async (context: Context) =>
    context.html(tagged(await readFile(new URL(`example-site/${file}`, checkout), 'utf8'), paths))
  const asset = (path: string) => path.replace(/^\/site\//, '/')
  const site = new Hono()
  site.get('/', page('index.html'))
  site.get('/shop', page('shop.html'))
  site.get('/shop/*', page('shop.html'))
  site.get('/site/:file{.+\\.js}', serveStatic({ root: built, rewriteRequestPath: asset }))
  site.get('/site/:file{.+\\.(css|svg|png)}', serveStatic({ root: source, rewriteRequestPath: asset }))
  return site
}

/** Why events of the pages, served from `origin`, would be refused, and the way out; undefined where they are taken. */
export function refusalOfExample(
  sites: Sites | undefined,
  origins: readonly string[],
  origin: string,
): { reason: string; wayOut: string } | undefined {
  const reason = siteRule(sites, origins)('example', origin)
  return reason === undefined ? undefined : { reason, wayOut: 'write "example": {} among its sites' }
}

/** A page whose script tag and link name the paths as they are configured; they hold nothing that HTML would have to escape. */
function tagged(html: string, { scriptPath, eventsPath, privacy = written.privacy }: SitePaths): string {
  const endpoint = eventsPath === written.eventsPath ? '' : ` data-endpoint="${eventsPath}"`
  return html
    .replace(`src="${written.scriptPath}"`, `src="${scriptPath}"${endpoint}`)
    .replace(/<a href="\/privacy">.*?<\/a>\n */, link =>
      privacy.path === 'off' ? '' : link.replace('/privacy', privacy.path),
    )
}
