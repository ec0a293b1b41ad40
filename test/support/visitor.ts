import { type Browser, chromium, type Page } from 'playwright-core'
import { z } from 'zod'
import { chromiumLaunch } from './chromium.ts'
import { until } from './until.ts'

/** What the browser sent while somebody walked through the site. */
export interface Seen {
  /** Ids of every event in the bodies that it posted. */
  ids(): string[]
  /** Colors in the order of the clicks. */
  colors: string[]
  /** Family of the browser, as user agents are parsed. */
  browser: string
  fromMs: number
  toMs: number
}

export interface Visitor {
  page: Page
  /** Types a name, clicks colors, walks the shop, puts something into the cart; resolves when the page says that all is acknowledged. */
  walk(url: string, options: { name: string; clicks: number }): Promise<Seen>
  close(): Promise<void>
}

const batch = z.object({ tab: z.string(), events: z.array(z.object({ n: z.int() })) })

/** A real Chromium. */
export async function openVisitor(): Promise<Visitor> {
  const browser: Browser = await chromium.launch(await chromiumLaunch())
  const page = await browser.newPage()
  return {
    page,
    async walk(url, { name, clicks }) {
      const sent = new Set<string>()
      const open = new Set<string>()
      page.on('request', request => {
        if (!request.url().includes('/v1/events')) return
        const { tab, events } = batch.parse(JSON.parse(request.postData() ?? ''))
        for (const { n } of events) sent.add(`${tab}-${n}`)
        open.add(request.url() + request.postData())
      })
      page.on('requestfinished', request => void open.delete(request.url() + request.postData()))

      const fromMs = Date.now()
      await page.goto(`${url}/`)
      await page.locator('input').first().fill(name)
      const buttons = page.locator('[data-track="color_click"], button[data-color]')
      const count = await buttons.count()
      const colors: string[] = []
      for (let i = 0; i < clicks; i++) {
        const button = buttons.nth(i % count)
        const color = (await button.getAttribute('data-track-color')) ?? (await button.getAttribute('data-color'))
        await button.click()
        colors.push(color ?? '')
      }
      await page.goto(`${url}/shop`)
      await page.locator('a[href^="/shop/"]').first().click()
      await page.waitForURL(/\/shop\/.+/)
      await page.locator('button').filter({ hasText: /cart/i }).first().click()
      await page.goto(`${url}/privacy`)
      await page.goto('about:blank')
      await until(() => open.size === 0, { what: 'answers to every post' })
      return { ids: () => [...sent], colors, browser: 'Chrome Headless', fromMs, toMs: Date.now() }
    },
    close: () => browser.close(),
  }
}
