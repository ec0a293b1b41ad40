import { parseArgs } from 'node:util'
import { type ScenarioName, scenarios } from './scenarios.ts'

/** What the command line asks for. */
export interface Options {
  repeats: number
  parallel: number
  /** Names of trackers, comma-separated; all when absent. */
  only: string | undefined
  scenarios: ScenarioName[]
  browser: 'chromium' | 'firefox'
  /** Path of the Firefox. */
  firefox: string | undefined
  json: boolean
  help: boolean
}

export const usage = `Usage: npm run bench -- delivery [options]

What arrives of a visitor's events when the visitor leaves or the collector fails. Real pages in a real browser; the
collector is on another origin and takes 300 ms for an answer. Scenarios:
  link     the last click follows a link to another site
  close    the tab is closed right after the last click
  busy     the collector answers 503 for 4 s, and the visitor stays
  offline  connections are cut; the visitor leaves after a failure and comes back later
  tabs     4 tabs of 500 events each against a collector that flaps (once)

  --repeats N       visits a scenario (20)
  --parallel N      visits at the same time (5)
  --only A,B        these trackers (all)
  --scenario A,B    these scenarios (all)
  --browser NAME    chromium or firefox (chromium)
  --firefox PATH    the Firefox to use (found on PATH)
  --json            print JSON instead of the table
  --help            print this

Exit 1: Clicktrail lost or doubled something. Exit 2: wrong options, or no Firefox.`

/** Reads the command line. Throws an error that says what is wrong with it. */
export function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      repeats: { type: 'string', default: '20' },
      parallel: { type: 'string', default: '5' },
      only: { type: 'string' },
      scenario: { type: 'string', default: Object.keys(scenarios).join(',') },
      browser: { type: 'string', default: 'chromium' },
      firefox: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const { browser } = values
  if (browser !== 'chromium' && browser !== 'firefox') throw new Error(`--browser ${browser}: chromium or firefox`)
  return {
    repeats: count('--repeats', values.repeats),
    parallel: count('--parallel', values.parallel),
    only: values.only,
    scenarios: values.scenario.split(',').map(scenarioOf),
    browser,
    firefox: values.firefox,
    json: values.json,
    help: values.help,
  }
}

function count(flag: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`${flag} ${text}: a whole number from 1`)
  return value
}

function scenarioOf(text: string): ScenarioName {
  const names: readonly ScenarioName[] = ['link', 'close', 'busy', 'offline', 'tabs']
  const name = names.find(known => known === text.trim())
  if (!name) throw new Error(`--scenario ${text}: ${names.join(', ')}`)
  return name
}
