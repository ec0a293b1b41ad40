import { chromium, type Page } from 'playwright-core'
import { chromiumLaunch } from '../../test/support/chromium.ts'
import type { Browser, Tab } from './browser.ts'

/** The Chromium that the project's tests use, driven by Playwright. */
export async function launchChromium(): Promise<Browser> {
  const browser = await chromium.launch(await chromiumLaunch())
  return {
    name: `Chromium ${browser.version()}`,
    async visitor() {
      const context = await browser.newContext()
      return {
        async open(url) {
          const page = await context.newPage()
          await page.goto(url)
          return tabOf(page)
        },
        forget: () => context.close(),
      }
    },
    close: () => browser.close(),
  }
}

function tabOf(page: Page): Tab {
  return {
    click: selector => page.click(selector, { noWaitAfter: true }),
    evaluate: expression => page.evaluate(expression),
    async close() {
      const closed = page.waitForEvent('close')
      await page.close({ runBeforeUnload: true })
      await closed
    },
  }
}
