import type { Browser } from 'playwright-core'
import type { WireRequest } from './http-request.ts'
import { clickButton, openPage, type Stage } from './stage.ts'

/** What a visit costs the network. */
export interface Traffic {
  /** For a page view and 20 clicks, until 8 s after, preflights not counted. */
  requests: number
  preflights: number
  /** Of the 20 clicks, how many arrived, copies counted. */
  clicksArrived: number
  /** A click's share of a batch of 10: bodies alone, and with request lines and headers. */
  bodyBytes: number
  wireBytes: number
}

const settleMs = 8_000

/** Visits the stage's page once: 20 clicks 100 ms apart, then 10 more as fast as a batch needs them. */
export async function measureTraffic(browser: Browser, { peer, site, collector }: Stage): Promise<Traffic> {
  const page = await openPage(browser)
  try {
    collector.requests.length = 0
    await page.goto(site.url)
    await clickButton(page, 20, 100)
    await page.waitForTimeout(settleMs)
    const visit = collector.requests.splice(0)
    await clickButton(page, 10, 30)
    await page.waitForTimeout(settleMs)
    const clicksIn = (request: WireRequest) =>
      peer.eventsIn(request).filter(event => event.action === 'color_click').length
    const clicks = collector.requests.splice(0).filter(request => clicksIn(request) > 0)
    const sum = (requests: readonly WireRequest[], of: (request: WireRequest) => number) =>
      requests.reduce((total, request) => total + of(request), 0)
    const arrived = sum(clicks, clicksIn)
    const preflights = visit.filter(request => request.method === 'OPTIONS').length
    return {
      requests: visit.length - preflights,
      preflights,
      clicksArrived: sum(visit, clicksIn),
      bodyBytes: sum(clicks, request => request.body.length) / arrived,
      wireBytes: sum(clicks, request => request.body.length + request.headBytes) / arrived,
    }
  } finally {
    await page.context().close()
  }
}
