import { pickPeers } from '../peers/peers.ts'
import type { Browser } from './browser.ts'
import { launchChromium } from './chromium.ts'
import { clicktrail } from './clicktrail.ts'
import { findFirefox, launchFirefox } from './firefox.ts'
import { isPerfect, maxSeconds, type Result, runScenario } from './lab.ts'
import { type Options, optionsOf, usage } from './options.ts'
import { peerTracker } from './peer-tracker.ts'
import { tableOf } from './table.ts'
import type { Tracker } from './tracker.ts'

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  let options: Options
  let trackers: Tracker[]
  try {
    options = optionsOf(args)
    trackers = pickPeers(options.only).map(peer => (peer.name === clicktrail.name ? clicktrail : peerTracker(peer)))
  } catch (error) {
    console.error(`bench delivery: ${error instanceof Error ? error.message : error}\n\n${usage}`)
    return 2
  }
  if (options.help) {
    console.log(usage)
    return 0
  }
  const browser = await launch(options)
  if (!browser) {
    console.error('bench delivery: no Firefox found; --firefox PATH tells where it is')
    return 2
  }
  try {
    const results = await runAll(browser, trackers, options)
    console.log(options.json ? JSON.stringify(results, null, 2) : `${browser.name}\n\n${tableOf(results)}`)
    return results.some(isMissed) ? 1 : 0
  } finally {
    await browser.close()
  }
}

async function launch({ browser, firefox }: Options): Promise<Browser | undefined> {
  if (browser === 'chromium') return launchChromium()
  const path = findFirefox(firefox)
  return path === undefined ? undefined : launchFirefox(path)
}

async function runAll(browser: Browser, trackers: readonly Tracker[], options: Options): Promise<Result[]> {
  const results: Result[] = []
  for (const tracker of trackers) {
    for (const scenario of options.scenarios) {
      console.error(`${tracker.name} ${tracker.version}: ${scenario}`)
      const result = await runScenario(browser, {
        tracker,
        scenario,
        repeats: scenario === 'tabs' ? 1 : options.repeats,
        parallel: options.parallel,
        onRepeat: ({ delivered, tracked, doubled }) =>
          console.error(`  ${delivered} of ${tracked}, ${doubled} doubled`),
      })
      if (isMissed(result)) console.error(`gate missed: ${tracker.name} ${scenario}\n${result.logs.join('\n\n')}`)
      results.push(result)
    }
  }
  return results
}

/** The gate: Clicktrail delivers everything once, in bounded time, and leaves nothing behind. */
function isMissed(result: Result): boolean {
  if (!result.tracker.startsWith(clicktrail.name)) return false
  return !isPerfect(result) || result.left > 0 || result.seconds > maxSeconds
}
