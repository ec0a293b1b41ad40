import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import type { CollectorFigures } from '../../dashboard/answers.ts'
import { chromiumLaunch } from '../../test/support/chromium.ts'
import { serveMonth } from './served-month.ts'

interface Picture {
  name: string
  hash: string
  options: BrowserContextOptions
  /** What happens before the picture is taken. @default nothing */
  before?: (page: Page) => Promise<void>
}

const desktop = { viewport: { width: 1280, height: 860 }, colorScheme: 'light' } as const
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true } as const

const pictures: readonly Picture[] = [
  { name: 'dashboard-overview', hash: '#overview?range=week', options: desktop },
  { name: 'dashboard-loss', hash: '#loss', options: desktop },
  { name: 'dashboard-live', hash: '#live', options: { ...desktop, viewport: { width: 1280, height: 640 } } },
  { name: 'dashboard-sql', hash: '#sql', options: desktop, before: askTwice },
  { name: 'dashboard-phone', hash: '#overview?range=week', options: { ...phone, colorScheme: 'dark' } },
]

/** Takes pictures of the page, as `<dir>/dashboard-….png`, in Chromium on a month of `events`. */
export async function takePictures(dir: string, events: number): Promise<void> {
  await mkdir(dir, { recursive: true })
  const nowMs = Date.now()
  const { url, close } = await serveMonth(
    { events, nowMs },
    { collector: async () => collectorFigures({ events, nowMs }) },
  )
  const browser = await chromium.launch(await chromiumLaunch())
  try {
    for (const { name, hash, options, before } of pictures) {
      const page = await browser.newPage(options)
      await page.goto(`${url}${hash}`)
      await page.locator('#room[aria-busy="false"]').waitFor()
      await page.locator('#status[data-state="live"]').waitFor()
      await before?.(page)
      await page.screenshot({ path: join(dir, `${name}.png`), animations: 'disabled' })
      await page.close()
    }
  } finally {
    await browser.close()
    await close()
  }
}

async function askTwice(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Loss by hour' }).click()
  await page.getByRole('columnheader', { name: 'given_up' }).waitFor()
  await page.getByRole('button', { name: 'Top pages' }).click()
  await page.getByRole('columnheader', { name: 'views' }).waitFor()
}

/** A collector that has run for two days. */
function collectorFigures({ events, nowMs }: { events: number; nowMs: number }): CollectorFigures {
  return {
    sinceMs: nowMs - 2 * 86_400_000,
    accepted: Math.round((events * 2) / 30),
    lost: [
      { what: 'refused', reason: 'bad_request', count: 4 },
      { what: 'refused', reason: 'limited', count: 21 },
      { what: 'rejected', reason: 'properties', count: 9 },
      { what: 'dropped', reason: 'gpc', count: 132 },
    ],
  }
}
