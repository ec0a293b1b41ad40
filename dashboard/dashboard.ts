import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { secureHeaders } from 'hono/secure-headers'
import type { Logger } from 'pino'
import { z } from 'zod'
import { isForeign, isLocal, refusedHtml } from './access.ts'
import type { CollectorAnswer, CollectorFigures, LetterRow } from './answers.ts'
import { panels, selectionSchema, sqlRequest } from './api.ts'
import { callerOf, portOf } from './caller.ts'
import { createDeadLetters } from './dead-letters.ts'
import { iconSvg } from './icon.ts'
import { type Links, pageHtml } from './page-html.ts'
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
  /** Reads the dead letters, from end to end. @default none: the page names the command that shows them */
  deadLetters?: () => Promise<LetterRow[]>
  /** What the collector of this process has counted. @default none: the page says where a collector tells it */
  collector?: () => Promise<CollectorFigures>
  /** Where Kibana and Grafana are; only http and https addresses are shown. @default none */
  links?: Links
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
 * The page that shows what has landed, and its questions (api.ts). It answers only a loopback peer with a loopback `Host`
 * unless `publicAccess`; it sends no CORS header, so no other site can read it. Starts a worker process that imports
 * the landed files and keeps at most 512 MB of them.
 */
export function createDashboard(options: DashboardOptions): Dashboard {
  const { pageDir, publicAccess = false, links = {}, logger } = options
  const worker = createWorkerClient(options)
  const letters = createDeadLetters(options.deadLetters)
  const app = new Hono()
  let queryRunning = false

  app.use(security)
  app.use(async (c, next) => {
    c.header('Cache-Control', 'no-store')
    if (!publicAccess && !isLocal(callerOf(c))) return c.html(refusedHtml(portOf(c)), 403)
    return next()
  })
  // Reading too: an <img> of another page can't see an answer, but would keep the worker busy.
  app.use('/api/*', async (c, next) => {
    if (isForeign(c.req.header('sec-fetch-site'))) return c.json({ error: 'Sent by another site: refused.' }, 403)
    return next()
  })

  const page = (c: Context) => c.html(pageHtml(baseOf(c.req.path), links))
  app.get('/', page)
  // A mounted '/' is '/dashboard' alone; this is '/dashboard/'.
  app.get('/:slash{$}', page)
  app.get('/page.js', c => asset(c, join(pageDir, 'page.js'), 'text/javascript; charset=utf-8'))
  app.get('/style.css', c => asset(c, join(pageDir, 'page.css'), 'text/css; charset=utf-8'))
  app.get('/icon.svg', c => c.body(iconSvg, 200, { 'Content-Type': 'image/svg+xml' }))

  app.get('/api/status', c => reply(c, signal => worker.ask({ kind: 'status' }, signal)))
  app.get('/api/collector', c => reply(c, collectorAnswer))
  app.get('/api/letters', c => reply(c, () => letters.read(Date.now())))
  app.get('/api/panel/:name', async c => {
    const panel = z.enum(panels).safeParse(c.req.param('name'))
    if (!panel.success) return c.json({ error: `A panel is one of ${panels.join(', ')}.` }, 404)
    const selection = selectionSchema.safeParse(c.req.query())
    if (!selection.success) return c.json({ error: z.prettifyError(selection.error) }, 400)
    const question = { kind: 'panel', panel: panel.data, selection: selection.data } as const
    return reply(c, signal => worker.ask(question, signal))
  })

  app.post('/api/sql', bodyLimit({ maxSize: 65_536 }), async c => {
    if (!/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? ''))
      return c.json({ error: 'The content type must be application/json.' }, 415)
    const request = sqlRequest.safeParse(await c.req.json().catch(() => undefined))
    if (!request.success) return c.json({ error: 'The body must be {"sql": "…"}, at most 20,000 characters.' }, 400)
    if (queryRunning) return c.json({ error: 'Another query is running. Try again in a moment.' }, 429)
    queryRunning = true
    return reply(c, signal => worker.ask({ kind: 'sql', sql: request.data.sql }, signal)).finally(() => {
      queryRunning = false
    })
  })

  async function collectorAnswer(): Promise<CollectorAnswer> {
    return options.collector ? { available: true, ...(await options.collector()) } : { available: false }
  }

  /** What nobody waits for any more, as the page is gone or shows something else, is asked no further. */
  async function reply(c: Context, ask: (unwanted: AbortSignal) => Promise<unknown>): Promise<Response> {
    const { signal } = c.req.raw
    try {
      return c.body(JSON.stringify(await ask(signal)), 200, { 'Content-Type': 'application/json' })
    } catch (error) {
      if (!signal.aborted) logger.warn({ err: error, path: c.req.path }, 'dashboard has no answer')
      return c.json({ error: error instanceof Error ? error.message : String(error) }, 503, { 'Retry-After': '2' })
    }
  }

  return { app, close: () => worker.close() }
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
