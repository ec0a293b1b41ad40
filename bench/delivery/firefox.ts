import { accessSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join, resolve } from 'node:path'
import type { Browser, Tab } from './browser.ts'

/** What is used of puppeteer-core, which only bench/ installs. */
interface Puppeteer {
  launch(options: {
    browser: 'firefox'
    protocol: 'webDriverBiDi'
    executablePath: string
    headless: boolean
  }): Promise<PuppeteerBrowser>
}

interface PuppeteerBrowser {
  version(): Promise<string>
  createBrowserContext(): Promise<{
    newPage(options: { type: 'window' }): Promise<PuppeteerPage>
    close(): Promise<void>
  }>
  close(): Promise<void>
}

interface PuppeteerPage {
  goto(url: string): Promise<unknown>
  click(selector: string): Promise<void>
  evaluate(expression: string): Promise<unknown>
  close(options: { runBeforeUnload: boolean }): Promise<void>
}

/** The Firefox at `path`, without one the first on PATH; undefined where there is none that can run. */
export function findFirefox(path?: string): string | undefined {
  if (path !== undefined) return isExecutable(path) ? path : undefined
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.flatMap(folder => [join(folder, 'firefox'), join(folder, 'firefox-esr')]).find(isExecutable)
}

/** A stock Firefox, driven over WebDriver BiDi. Needs bench/node_modules; the checkout is the working directory. */
export async function launchFirefox(executablePath: string): Promise<Browser> {
  const puppeteer: Puppeteer = createRequire(resolve('bench/package.json'))('puppeteer-core')
  const browser = await puppeteer.launch({
    browser: 'firefox',
    protocol: 'webDriverBiDi',
    executablePath,
    headless: true,
  })
  return {
    name: (await browser.version()).replace('/', ' '),
    async visitor() {
      const context = await browser.createBrowserContext()
      return {
        async open(url) {
          // A window each: in a tab behind another one timers and frames come once a second.
          const page = await context.newPage({ type: 'window' })
          await page.goto(url)
          return tabOf(page)
        },
        forget: () => context.close(),
      }
    },
    close: () => browser.close(),
  }
}

function tabOf(page: PuppeteerPage): Tab {
  return {
    click: selector => page.click(selector),
    evaluate: expression => page.evaluate(expression),
    close: () => page.close({ runBeforeUnload: true }),
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false // Not there, or not ours to run: the next folder of PATH may have one.
  }
}
