import { chromium } from 'playwright-core'
import { z } from 'zod'
import { chromiumLaunch } from '../../test/support/chromium.ts'

/** Opens the page in a browser that has nothing of it yet, and asks for its first contentful paint, milliseconds (W3C Paint Timing). */
export async function firstPaints(url: string, rounds: number): Promise<number[]> {
  const browser = await chromium.launch(await chromiumLaunch())
  try {
    const times: number[] = []
    for (let round = 0; round < rounds; round++) {
      const context = await browser.newContext()
      const page = await context.newPage()
      await page.goto(`${url}#overview?range=month`)
      await page.locator('#room[aria-busy="false"] #chart canvas').waitFor()
      times.push(
        z.number().parse(await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime")),
      )
      await context.close()
    }
    return times
  } finally {
    await browser.close()
  }
}
