import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { pino } from 'pino'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import type { CollectorFigures } from '../../../dashboard/answers.ts'
import { createDashboard, type DashboardOptions } from '../../../dashboard/dashboard.ts'
import { chromiumLaunch } from '../../support/chromium.ts'
import { type LandedFolder, landedFolder } from '../../support/landed-files.ts'
import { builtDashboard } from './built-dashboard.ts'

export interface ServedDashboard {
  folder: LandedFolder
  browser: Browser
  url: string
  /** Opens the page and collects what the browser complains about, refused scripts and requests to elsewhere included. */
  open(hash?: string, options?: BrowserContextOptions): Promise<{ page: Page; complaints: string[] }>
  close(): Promise<void>
}

/** What a collector may tell. */
export const someRefused: CollectorFigures = {
  sinceMs: Date.now(),
  accepted: 4_000,
  lost: [
    { what: 'refused', reason: 'limited', count: 12 },
    { what: 'rejected', reason: 'size', count: 0 },
    { what: 'dropped', reason: 'gpc', count: 0 },
  ],
}

/** A dashboard on a port of its own, over an empty folder, and a browser to look at it. */
export async function servedDashboard(options: Partial<DashboardOptions> = {}): Promise<ServedDashboard> {
  const folder = await landedFolder()
  const logger = pino({ level: 'silent' })
  const dashboard = createDashboard({ eventsDir: folder.dir, ...(await builtDashboard()), logger, ...options })
  const app = new Hono().route('/dashboard', dashboard.app)
  let server: ReturnType<typeof serve> | undefined
  const url = await new Promise<string>(resolve => {
    server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve(`http://127.0.0.1:${port}/dashboard`),
    )
  })
  const browser = await chromium.launch(await chromiumLaunch())
  return {
    folder,
    browser,
    url,
    async open(hash = '', given = {}) {
      // One page at a time: each keeps asking.
      await Promise.all(browser.contexts().map(context => context.close()))
      const page = await browser.newPage(given)
      const complaints: string[] = []
      page.on('console', message => void complaints.push(message.text()))
      page.on('pageerror', error => void complaints.push(error.message))
      page.on('request', request => {
        const own = request.url().startsWith(url) || request.url().startsWith('blob:')
        if (!own) complaints.push(`request to ${request.url()}`)
      })
      await page.goto(`${url}${hash}`)
      return { page, complaints }
    },
    async close() {
      await browser.close()
      await dashboard.close()
      server?.close()
      await folder.remove()
    },
  }
}
