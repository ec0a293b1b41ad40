import { type Browser, chromium, type Page } from 'playwright-core'
import { chromiumLaunch } from './chromium.ts'
import type { LandedRow } from './landed-rows.ts'

/** What somebody did in a real browser: what has to be found, each once, wherever events land. */
export interface Walk {
  /** The name that was typed. */
  name: string
  /** In the order of the clicks. */
  colors: string[]
  /** Paths of the pages, in the order of the visit. */
  paths: string[]
  /** What was put into the cart. */
  cart: string[]
  /** Family of the browser, as user agents are parsed. */
  browser: string
  fromMs: number
  toMs: number
}

export interface Visitor {
  page: Page
  /** Types a name, clicks colors, walks the shop, puts something into the cart, and leaves. */
  walk(url: string, options: { name: string; clicks: number }): Promise<Walk>
  close(): Promise<void>
}

/** A real Chromium. */
export async function openVisitor(): Promise<Visitor> {
  const browser: Browser = await chromium.launch(await chromiumLaunch())
  const page = await browser.newPage({ locale: 'en-US' })
  return {
    page,
    async walk(url, { name, clicks }) {
      const paths: string[] = []
      const seen = () => void paths.push(new URL(page.url()).pathname)
      const fromMs = Date.now()
      await page.goto(`${url}/`)
      seen()
      await page.getByRole('textbox').fill(name)
      const buttons = page.locator('[data-track="color_click"]')
      const count = await buttons.count()
      const colors: string[] = []
      for (let i = 0; i < clicks; i++) {
        const button = buttons.nth(i % count)
        await button.click()
        colors.push((await button.getAttribute('data-track-color')) ?? '')
      }
      await page.goto(`${url}/shop`)
      seen()
      await page.locator('.products a').first().click()
      await page.waitForURL(/\/shop\/.+/)
      seen()
      await page.getByRole('button', { name: 'Add to cart' }).click()
      const product = new URL(page.url()).pathname.split('/').at(-1) ?? ''
      await page.goto('about:blank')
      return { name, colors, paths, cart: [product], browser: 'Chrome Headless', fromMs, toMs: Date.now() }
    },
    close: () => browser.close(),
  }
}

/** How many events a walk is. */
export function eventsOf({ colors, paths, cart }: Walk): number {
  return colors.length + paths.length + cart.length
}

/** The walk as landed rows tell it, to be compared with what was done. */
export function retold(rows: readonly LandedRow[]) {
  const inOrder = rows.toSorted(
    (a, b) => a['@timestamp'].localeCompare(b['@timestamp']) || a.event.sequence - b.event.sequence,
  )
  const of = (action: string) => inOrder.filter(row => row.event.action === action)
  const times = rows.map(row => Date.parse(row['@timestamp']))
  return {
    names: new Set(of('color_click').map(row => row.user?.name)),
    colors: of('color_click')
      .toSorted((a, b) => a.event.sequence - b.event.sequence)
      .map(row => row.properties?.['color']),
    paths: of('page_view').map(row => row.url?.path),
    cart: of('add_to_cart').map(row => row.properties?.['product']),
    browsers: new Set(rows.map(row => row.user_agent?.name)),
    firstMs: Math.min(...times),
    lastMs: Math.max(...times),
    /** Numbers missing below a tab's last, over all tabs: lost events. */
    lost: [...new Set(rows.map(row => row.tab.id))].reduce((sum, tab) => {
      const sequences = new Set(rows.filter(row => row.tab.id === tab).map(row => row.event.sequence))
      return sum + Math.max(...sequences) - sequences.size
    }, 0),
    doubled: rows.length - new Set(rows.map(row => row.event.id)).size,
  }
}
