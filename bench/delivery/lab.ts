import type { Browser } from './browser.ts'
import { createCollector } from './collector.ts'
import { type Count, countOf, sumOf } from './count.ts'
import { logOf } from './log.ts'
import { type ScenarioName, scenarios } from './scenarios.ts'
import { createSite } from './site.ts'
import type { Tracker } from './tracker.ts'

/** What a tracker achieved in one scenario. */
export interface Result extends Count {
  tracker: string
  scenario: ScenarioName
  repeats: number
  /** Keys in localStorage at the end, where the scenario looks. */
  left: number
  /** Of the slowest repeat, with loading the page. */
  seconds: number
  /** What the collector saw in each repeat that was not perfect. */
  logs: string[]
}

export interface LabOptions {
  tracker: Tracker
  scenario: ScenarioName
  repeats: number
  /** Repeats that run at the same time, each with a site and a collector of its own. @default 1 */
  parallel?: number
  /** Told after each repeat. */
  onRepeat?(count: Count): void
}

/** What a visit may take, the longest with its waits included. */
export const maxSeconds = 90

/** Everything delivered once. */
export function isPerfect({ delivered, tracked, doubled, gaps }: Count): boolean {
  return delivered === tracked && doubled === 0 && gaps === 0
}

/** 1 to 2 s, spread evenly whatever the number of repeats (golden ratio). Trackers that ask their server first have their answer by then. */
function readMsOf(repeat: number): number {
  return 1_000 + ((repeat * 618) % 1_000)
}

/** Plays a scenario again and again, each time with a visitor who was never there before. */
export async function runScenario(browser: Browser, options: LabOptions): Promise<Result> {
  const { tracker, scenario, repeats, parallel = 1, onRepeat } = options
  const counts: Count[] = []
  const logs: string[] = []
  let left = 0
  let seconds = 0
  let next = 0

  async function runner(): Promise<void> {
    const collector = await createCollector(request => tracker.reply(request))
    const site = await createSite(tracker, collector.url)
    for (let repeat = next++; repeat < repeats; repeat = next++) {
      const startedAt = Date.now()
      collector.reset()
      const visitor = await browser.visitor()
      const prefix = `mark-${Math.random().toString(36).slice(2, 10)}`
      const visit = await scenarios[scenario]({ tracker, site, collector, visitor, prefix, readMs: readMsOf(repeat) })
      const count = countOf(tracker, collector.arrivals(), visit.marks)
      await visitor.forget()
      counts.push(count)
      left = Math.max(left, visit.left ?? 0)
      seconds = Math.max(seconds, (Date.now() - startedAt) / 1_000)
      if (!isPerfect(count)) logs.push(logOf(tracker, collector.arrivals(), visit.marks))
      onRepeat?.(count)
    }
    await site.close()
    await collector.close()
  }

  await Promise.all(Array.from({ length: Math.min(parallel, repeats) }, runner))
  return { tracker: tracker.name, scenario, repeats, ...sumOf(counts), left, seconds, logs }
}
