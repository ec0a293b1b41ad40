import type { Browser } from 'playwright-core'
import { clickButton, openPage, type Stage, slowDown } from './stage.ts'
import { type ScriptWork, scriptWork, spansOf } from './trace.ts'

const categories = ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'v8.execute']

/** One load of the stage's page and one click, CPU slowed 4x, nothing cached. Not to be run beside anything else. */
export async function measureScriptWork(browser: Browser, { site }: Stage): Promise<ScriptWork> {
  const page = await openPage(browser)
  try {
    await slowDown(page)
    await browser.startTracing(page, { categories })
    await page.goto(site.url)
    await page.waitForTimeout(200)
    await clickButton(page, 1, 500)
    const trace = await browser.stopTracing()
    return scriptWork(spansOf(trace.toString('utf8')), '/peer.js', '/page.js')
  } finally {
    await page.context().close()
  }
}
