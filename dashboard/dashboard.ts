import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getConnInfo } from '@hono/node-server/conninfo'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { secureHeaders } from 'hono/secure-headers'
import type { Logger } from 'pino'
import { z } from 'zod'
import { isForeign, isLocal, refusedHtml } from './access.ts'
import { ranges, sqlRequest } from './api.ts'
import { iconSvg, pageHtml } from './page-html.ts'
import { createWorkerClient } from './worker-client.ts'

export interface DashboardOptions {
  /** The folder with `dt=…/hr=…/*.json[.gz]`; it need not exist yet. */
  eventsDir: string
  /** The folder with the built `page.js` and `page.css`. */
  pageDir: string
  /** The built dashboard/sql-worker.ts. */
  sqlWorker: string
  /** Answer everyone, not only this computer. @default false */
  publicAccess?: boolean
  logger: Logger
}

export interface Dashboard {
  /** To be mounted at any path: `app.route('/dashboard', dashboard.app)`. */
  app: Hono
  /** Ends the worker process. */
  close(): Promise<void>
}

const security = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    baseUri: ["'self'"],
    objectSrc: ["'none'"],
    frameAncestors: ["'none'"],
    formAction: ["'self'"],
  },
  referrerPolicy: 'no-referrer',
  xFrameOptions: 'DENY',
  crossOriginResourcePolicy: 'same-origin',
  strictTransportSecurity: false,
})

/**
 * The page that shows what has landed, and its two questions. It answers only a loopback peer with a loopback `Host`
 * unless `publicAccess`; it sends no CORS header, so no other site can read it. Starts a worker process that imports
 * the landed files and keeps at most 512 MB of them.
 */
export function createDashboard(options: DashboardOptions): Dashboard {
  const { pageDir, publicAccess = false, logger } = options
  const worker = createWorkerClient(options)
  const app = new Hono()
  let queryRunning = false

  app.use(security)
  app.use(async (c, next) => {
    c.header('Cache-Control', 'no-store')
    if (!publicAccess && !isLocal(callerOf(c))) return c.html(refusedHtml, 403)
    if (c.req.method !== 'GET' && isForeign(c.req.header('sec-fetch-site')))
      return c.json({ error: 'Sent by another site: refused.' }, 403)
    return next()
  })

  const page = (c: Context) => c.html(pageHtml(baseOf(c.req.path)))
  app.get('/', page)
  // A mounted '/' is '/dashboard' alone; this is '/dashboard/'.
  app.get('/:slash{$}', page)
  app.get('/page.js', c => asset(c, join(pageDir, 'page.js'), 'text/javascript; charset=utf-8'))
  app.get('/style.css', c => asset(c, join(pageDir, 'page.css'), 'text/css; charset=utf-8'))
  app.get('/icon.svg', c => c.body(iconSvg, 200, { 'Content-Type': 'image/svg+xml' }))

  app.get('/api/overview', async c => {
    const range = z.enum(ranges).safeParse(c.req.query('range') ?? 'hour')
    if (!range.success) return c.json({ error: `range is one of ${ranges.join(', ')}` }, 400)
    return reply(c, () => worker.ask({ kind: 'overview', range: range.data }))
  })

  app.post('/api/sql', bodyLimit({ maxSize: 65_536 }), async c => {
    if (!/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? ''))
      return c.json({ error: 'The content type must be application/json.' }, 415)
    const request = sqlRequest.safeParse(await c.req.json().catch(() => undefined))
    if (!request.success) return c.json({ error: 'The body must be {"sql": "…"}, at most 20,000 characters.' }, 400)
    if (queryRunning) return c.json({ error: 'Another query is running. Try again in a moment.' }, 429)
    queryRunning = true
    return reply(c, () => worker.ask({ kind: 'sql', sql: request.data.sql })).finally(() => {
      queryRunning = false
    })
  })

  async function reply(c: Context, ask: () => Promise<unknown>): Promise<Response> {
    try {
      return c.body(JSON.stringify(await ask()), 200, { 'Content-Type': 'application/json' })
    } catch (error) {
      logger.warn({ err: error, path: c.req.path }, 'dashboard has no answer')
      return c.json({ error: error instanceof Error ? error.message : String(error) }, 503, { 'Retry-After': '2' })
    }
  }

  return { app, close: () => worker.close() }
}

function callerOf(c: Context) {
  return {
    peer: peerOf(c),
    host: c.req.header('host'),
    forwarded: isForwarded(c),
  }
}

/** A proxy names itself or whom it speaks for; nginx with its defaults says nothing, but speaks HTTP/1.0, as no browser does. */
function isForwarded(c: Context): boolean {
  const names = ['forwarded', 'via', 'x-real-ip', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto']
  return names.some(name => c.req.header(name) !== undefined) || c.env?.incoming?.httpVersion === '1.0'
}

function peerOf(c: Context): string | undefined {
  try {
    return getConnInfo(c).remote.address
  } catch {
    // Not behind @hono/node-server: then nobody knows who asks, and nobody is let in.
    return undefined
  }
}

/** What relative addresses in the page start from, whether it was asked for with or without a slash at the end. */
function baseOf(path: string): string {
  return path.endsWith('/') ? './' : `${path.slice(path.lastIndexOf('/') + 1)}/`
}

async function asset(c: Context, path: string, type: string): Promise<Response> {
  const body = await readFile(path, 'utf8').catch(() => undefined)
  if (body === undefined) return c.text('This part of the page is not built: npm run build', 404)
  return c.body(body, 200, { 'Content-Type': type })
}
