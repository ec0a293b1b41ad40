import type { Browser, Page } from 'playwright-core'
import type { Peer } from '../peers/peer.ts'
import { type Collector, openCollector } from './collector.ts'
import { openSite, type Site } from './site.ts'

/** A peer with a website and a collector of its own. */
export interface Stage {
  peer: Peer
  site: Site
  collector: Collector
}

/** Builds the peer's script and starts both servers. */
export async function openStage(peer: Peer): Promise<Stage> {
  const collector = await openCollector(peer)
  return { peer, collector, site: await openSite(peer, await peer.script(collector.endpoint), collector.endpoint) }
}

/** A page in a context of its own: nothing cached, nothing stored; the browser says Chrome, as visitors' do. The caller closes its context. */
export async function openPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({
    locale: 'en-US',
    userAgent: `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${browser.version().split('.')[0]}.0.0.0 Safari/537.36`,
  })
  return context.newPage()
}

/** Slows the page's main thread down to a quarter. */
export async function slowDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 })
}

/** Clicks the button `count` times, as a mouse does, `everyMs` apart. */
export async function clickButton(page: Page, count: number, everyMs: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const next = page.waitForTimeout(everyMs)
    await page.mouse.click(50, 50)
    await next
  }
}
