import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Browser } from '../../bench/delivery/browser.ts'
import { launchChromium } from '../../bench/delivery/chromium.ts'
import { clicktrail } from '../../bench/delivery/clicktrail.ts'
import { maxSeconds, type Result, runScenario } from '../../bench/delivery/lab.ts'

/** What was seen, with the collector's log where it went wrong. */
function expectEverythingOnce(result: Result, tracked: number): void {
  const { delivered, doubled, gaps, logs } = result
  expect({ tracked: result.tracked, delivered, doubled, gaps }, logs.join('\n\n')).toEqual({
    tracked,
    delivered: tracked,
    doubled: 0,
    gaps: 0,
  })
}

describe('the script tag in Chromium, its collector on another origin and 300 ms away', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser.close())

  const run = (scenario: 'link' | 'close' | 'busy' | 'offline') =>
    runScenario(browser, { tracker: clicktrail, scenario, repeats: 2, parallel: 2 })

  it.concurrent('delivers the click that follows a link to another site', async () => {
    expectEverythingOnce(await run('link'), 8)
  })

  it.concurrent('delivers the click before the tab is closed', async () => {
    expectEverythingOnce(await run('close'), 8)
  })

  it.concurrent('delivers what was clicked while the collector answered 503', async () => {
    expectEverythingOnce(await run('busy'), 12)
  })

  it.concurrent('delivers what could not be sent when the visitor comes back', async () => {
    expectEverythingOnce(await run('offline'), 8)
  })

  it('delivers 2,000 events of four tabs to a collector that flaps, and leaves nothing in the storage', async () => {
    const result = await runScenario(browser, { tracker: clicktrail, scenario: 'tabs', repeats: 1 })
    expectEverythingOnce(result, 2_000)
    expect(result.left).toBe(0)
    expect(result.seconds).toBeLessThan(maxSeconds)
  })
})
