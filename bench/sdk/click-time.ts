import type { Browser } from 'playwright-core'
import { z } from 'zod'
import { clickButton, openPage, type Stage, slowDown } from './stage.ts'

/**
 * µs that each of `count` real clicks takes to pass through the page's listeners, the peer's work in them included, CPU
 * slowed 4x: from the first listener on the window to the last. The page's clock ticks in 5 µs. Throws when clicks are missing.
 */
export async function measureClicks(browser: Browser, { site }: Stage, count: number): Promise<number[]> {
  const page = await openPage(browser)
  try {
    await page.addInitScript(`window.spentUs = []; let clickedAt
addEventListener('click', () => { clickedAt = performance.now() }, true)
addEventListener('load', () => setTimeout(() =>
  addEventListener('click', () => { window.spentUs.push((performance.now() - clickedAt) * 1000) }), 500))`)
    await page.goto(site.url)
    await page.waitForTimeout(1_000)
    await slowDown(page)
    // The first clicks compile what later ones run.
    await clickButton(page, count + warmUp, 60)
    const spentUs = z.array(z.number()).parse(await page.evaluate('window.spentUs'))
    if (spentUs.length !== count + warmUp) throw new Error(`${spentUs.length} of ${count + warmUp} clicks were seen`)
    return spentUs.slice(warmUp)
  } finally {
    await page.context().close()
  }
}

const warmUp = 5
